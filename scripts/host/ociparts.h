/* SPDX-License-Identifier: MIT */
/* ociparts.h - between the files that open a container image. */
#ifndef HOST_OCIPARTS_H
#define HOST_OCIPARTS_H

#include "oci.h"

struct json_object;

/*
 * ociparts_member - may @path (clean) be a file of an image in an archive?
 * Layouts: oci-layout, index.json, blobs/sha256/HEX. docker save:
 * manifest.json, HEX.json, HEX.tar, HEX/layer.tar.
 */
bool ociparts_member(const char *path);

/* ociparts_archive - does the tar at @path begin with the name of such a
 * file, or of a folder they are in? */
bool ociparts_archive(const char *path);

/* ociparts_unpack - the members of the tar at @path, below @to, or die. */
void ociparts_unpack(const char *path, const char *to);

/* ociparts_docker - open what docker save wrote, in o->dir. */
void ociparts_docker(struct oci *o, const char *ref);

/* ociparts_layers - one layer for each diff_id of @config. */
void ociparts_layers(struct oci *o, struct json_object *config,
		     const char *arch);

#endif

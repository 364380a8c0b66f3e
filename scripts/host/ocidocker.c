/* SPDX-License-Identifier: MIT */
/*
 * ocidocker.c - what `docker save` writes: manifest.json, a list of images
 * with their configuration, names and layers, which are plain tars.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "alloc.h"
#include "error.h"
#include "jsonfile.h"
#include "ociparts.h"

static bool has_tag(struct json_object *image, const char *ref)
{
	struct json_object *tags = jsonfile_list(image, "RepoTags");
	size_t n = tags ? json_object_array_length(tags) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *tag = json_object_get_string(
			json_object_array_get_idx(tags, i));
		const char *colon = tag ? strrchr(tag, ':') : NULL;

		if (tag &&
		    (!strcmp(tag, ref) || (colon && !strcmp(colon + 1, ref))))
			return true;
	}
	return false;
}

static struct json_object *choose(struct oci *o, struct json_object *list,
				  const char *ref)
{
	struct json_object *found = NULL, *image;
	size_t n = json_object_is_type(list, json_type_array)
			   ? json_object_array_length(list)
			   : 0;

	for (size_t i = 0; i < n; i++) {
		image = json_object_array_get_idx(list, i);
		if (ref && !has_tag(image, ref))
			continue;
		if (found)
			die("%s: holds several images; name one: PATH:REF",
			    o->src);
		found = image;
	}
	if (!found)
		die("%s: no image%s%s in manifest.json", o->src,
		    ref ? " named " : "", ref ? ref : "");
	return found;
}

/* A member as a path; one that is a link, what it points to. */
static char *member(struct oci *o, const char *name)
{
	char *path, target[256];
	ssize_t n;

	if (!name || !ociparts_member(name))
		die("%s: manifest.json names '%.200s', no part of an image",
		    o->src, name ? name : "");
	path = xasprintf("%s/%s", o->dir, name);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return path;
	target[n] = '\0';
	free(path);
	if (strncmp(target, "../", 3) || !ociparts_member(target + 3))
		die("%s: '%s': a link to '%.200s'", o->src, name, target);
	return xasprintf("%s/%s", o->dir, target + 3);
}

static void layer(struct oci *o, unsigned int i, const char *name)
{
	struct oci_layer *l = &o->layers[i];
	struct stat st;

	l->path = member(o, name);
	if (lstat(l->path, &st))
		die("%s: '%s':", o->src, name);
	if (!S_ISREG(st.st_mode))
		die("%s: '%s': not a regular file", o->src, name);
	l->size = st.st_size;
}

void ociparts_docker(struct oci *o, const char *ref)
{
	char *path = xasprintf("%s/manifest.json", o->dir);
	struct json_object *list = jsonfile_need(path, NULL), *image, *names;
	struct json_object *config;
	const char *name;

	image = choose(o, list, ref);
	name = jsonfile_text(image, "Config");
	free(path);
	path = member(o, name);
	/* both ways of naming it hold its digest */
	name = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	snprintf(o->image, sizeof(o->image), "%.*s", DIGEST_HEX, name);
	config = jsonfile_need(path, o->image);
	ociparts_layers(o, config, NULL);
	names = jsonfile_list(image, "Layers");
	if (!names || json_object_array_length(names) != o->n)
		die("%s: layers and diff_ids are not as many", o->src);
	for (unsigned int i = 0; i < o->n; i++)
		layer(o, i,
		      json_object_get_string(
			      json_object_array_get_idx(names, i)));
	json_object_put(config);
	json_object_put(list);
	free(path);
}

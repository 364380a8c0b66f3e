/* SPDX-License-Identifier: MIT */
/*
 * build.h - one role's overlay, from its folder to a capture. All of it
 * happens in a child with its own mount, process, host name and IPC
 * namespaces: when that child ends, however it ends, nothing is left.
 */
#ifndef OVERLAY_BUILD_H
#define OVERLAY_BUILD_H

#include <stdbool.h>
#include "host/outfile.h"
#include "info.h"
#include "role.h"

#define BUILD_LOWERS_MAX 18 /* dependencies, build aids, base */

struct pkglist;
struct source;
struct times;
struct oci;

struct build {
	const struct site *site;
	const struct role *role;
	const struct base *base;
	char **deps;   /* names of roles below, lowest first */
	char *out;     /* folder of the results */
	char *work;    /* mount point of the work area, in @out */
	char *root;    /* the union, in @work */
	char *cache;   /* where .debs are kept */
	char *helpers; /* programs for hooks, or NULL */
	/* where this program and its like are; hooks on the host may be in a
	 * PID namespace for which no /proc is mounted */
	char *programs;
	struct source *sources;
	struct oci *oci;       /* image of from-oci=, or NULL */
	unsigned int oci_base; /* layers of it that are the base's */
	struct times *times;
	struct pkglist *lock; /* or NULL */
	char **breaks;	      /* "before-PHASE", "after-PHASE" */
	char *replay;	      /* an overlay that is put on this base, or NULL */
	char *rebase_from;    /* image of the base that it was on, or NULL */
	int log;
	bool keep, offline;
	bool shell_on_error; /* or break after-error */
	bool user;	     /* root of a user namespace only */
};

/* Where the role's folder and its data appear inside the union. */
#define BUILD_INSIDE "/run/slipway-build"

/*
 * build_overlay - build, capture, check and pack to @o, which the caller
 * commits. Returns 0 with @i filled, or -1 when the child has said why not.
 */
int build_overlay(struct build *b, struct outfile *o, struct info *i);

#endif

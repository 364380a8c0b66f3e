/* SPDX-License-Identifier: MIT */
/*
 * modules.h - the modules of one kernel, as depmod's text files tell them,
 * and the order in which a choice of them loads.
 */
#ifndef MKINITRD_MODULES_H
#define MKINITRD_MODULES_H

#include <stdbool.h>
#include <stddef.h>
#include "base.h"

struct module {
	char *name;	/* '-' is '_' */
	char *path;	/* as in modules.dep: "kernel/...ko.xz" */
	char *dep_text; /* the paths it needs, nearest first */
	char *file;	/* of an extra driver: where it lies, else NULL */
	bool selected;	/* what was asked for */
	bool chosen;	/* for the order that is made next */
	bool core;	/* in a core initrd */
	bool visited;
	long line; /* in the order, or -1 */

	/* payload.h: the file as it is packed, and what it names */
	void *data;
	size_t size, n_firmware;
	char **firmware;
};

struct modules {
	const char *release;
	bool decompress; /* the kernel itself reads .ko.xz and .ko.zst */
	size_t n;
	struct module *list;		 /* by name */
	char *builtin, *softdep, *alias; /* the files' text */
	size_t n_order;
	size_t *order; /* indexes of list, dependencies first */
};

/* modules_read - from the base's modules.*, or dies. */
void modules_read(struct modules *m, struct base *b);
void modules_free(struct modules *m);

/*
 * modules_add - another module, at @path (malloc-ed, kept), in place of one of
 * its name; modules_sort() before the next look-up.
 */
struct module *modules_add(struct modules *m, char *path);
void modules_sort(struct modules *m);

/* modules_name - file name of @path without folder and .ko*; malloc-ed. */
char *modules_name(const char *path);

/* modules_find - index of @name, or -1. */
long modules_find(const struct modules *m, const char *name);

/* modules_builtin - is @name part of the kernel itself? */
bool modules_builtin(const struct modules *m, const char *name);

/* modules_follower - who must be loaded after @name, or NULL. */
const char *modules_follower(const char *name);

/* modules_unchoose - none is chosen any more. */
void modules_unchoose(struct modules *m);

/*
 * modules_order - fill order and line from the chosen, what they need and
 * what must follow them.
 */
void modules_order(struct modules *m);

/*
 * modules_deps - all that @i needs, in loading order: indexes of list,
 * malloc-ed; *@n of them.
 */
size_t *modules_deps(struct modules *m, size_t i, size_t *n);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * modtab.h - the module table of an initrd, at MODTAB_PATH: which files a
 * device's modalias needs, in loading order. Written by the initrd packer out
 * of depmod's files, covered by filelist.h.
 *
 *	slipway-modules 1
 *	module NAME PATH DEP,DEP...	dependencies first, "-" for none;
 *					numbers are lines counted from 0
 *	alias PATTERN NAME		text_glob over /sys modalias
 *	always NAME			loaded on every boot, in this order
 *
 * Lines stand in that order: modules, then aliases, then always.
 */
#ifndef FORMAT_MODTAB_H
#define FORMAT_MODTAB_H

#include "format/text.h"

#define MODTAB_PATH "/slipway/modules"
#define MODTAB_ARCHIVE "/slipway/drivers/"	/* NAME.modules: a driver
						   archive's own table */
#define MODTAB_MAGIC "slipway-modules 1\n"
#define MODTAB_SIZE_MAX (4u << 20)
#define MODTAB_MODULES_MAX 2048

struct modtab_module {
	struct span name, path, deps;
	bool loaded;			/* for the loader's own use */
};

struct modtab {
	unsigned int n;
	struct modtab_module modules[MODTAB_MODULES_MAX];
	struct span aliases;		/* the alias lines, for modtab_match */
	struct span always;		/* the always lines */
};

/* modtab_parse - 0, -EBADMSG, -EOVERFLOW; spans point into @text. */
int modtab_parse(struct modtab *t, struct span text, struct fault *f);

/* modtab_find - index of module @name, or -ENOENT. */
int modtab_find(const struct modtab *t, struct span name);

/* modtab_dep - cut the next dependency's index off *@deps; -ENOENT at end. */
int modtab_dep(struct span *deps);

/*
 * modtab_match - the next module whose alias matches @modalias; start with
 * *@at = t->aliases. Returns its index, or -ENOENT when there are no more.
 */
int modtab_match(const struct modtab *t, struct span *at,
		 struct span modalias);

/*
 * modtab_before_net - may a NIC be the device of @modalias, or hang on it? All
 * others can wait until the network is there.
 */
bool modtab_before_net(struct span modalias);

/* modtab_always - as modtab_match, over the always lines. */
int modtab_always(const struct modtab *t, struct span *at);

#endif

/* SPDX-License-Identifier: MIT */
/* insmod.h - modules out of the initrd into the kernel. */
#ifndef INSMOD_H
#define INSMOD_H

#include "format/modtab.h"

#define INSMOD_PICKS_MAX 256

/* A module that is to be loaded. */
struct insmod_pick {
	struct modtab *tab;
	int module;
};

struct insmod_picks {
	unsigned int n;
	struct insmod_pick list[INSMOD_PICKS_MAX];
};

/*
 * insmod_pick - note module @i of @t unless it was loaded, or noted, before.
 * Beyond INSMOD_PICKS_MAX it is left out, and found again by a later look.
 */
void insmod_pick(struct insmod_picks *p, struct modtab *t, int i);

/*
 * insmod_load - module @i of @t after all it needs, once: it is not tried a
 * second time. Absent hardware is no failure. A failure is said; -errno.
 */
int insmod_load(struct modtab *t, int i);

/*
 * insmod_all - load all that was noted, several at a time in processes of
 * their own, as a probe may wait for firmware or a PHY. @p is empty then.
 */
void insmod_all(struct insmod_picks *p);

#endif

/* SPDX-License-Identifier: MIT */
/* machine.h - the tests of a role on a machine in QEMU that boots it. */
#ifndef OVERLAY_MACHINE_H
#define OVERLAY_MACHINE_H

#include "role.h"

struct machine {
	const char *append; /* kernel arguments, or NULL */
	const char *disk;   /* file that is its disk, or NULL */
	const char *ram;    /* MiB, or NULL */
	unsigned int seconds;
};

/*
 * machine_test - make a site of its own in @dir (which is emptied), whose role
 * is @r with its tests on top; publish, boot, and write the console to
 * @dir/console.log. @order is the role after all that it depends on, built.
 * Returns 0 when the tests came to an end: the log then has their verdicts,
 * "slipway-test: ok NAME", "skip NAME" or "not ok NAME: why". -1 when not.
 */
int machine_test(const struct site *s, const struct role *r, char **order,
		 const char *dir, const struct machine *m);

/* machine_prog - path of the program that is beside this one; malloc-ed. */
char *machine_prog(const char *name);

#endif

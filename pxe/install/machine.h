/* SPDX-License-Identifier: MIT */
/* machine.h - what this machine is called, and which release it runs. */
#ifndef INSTALL_MACHINE_H
#define INSTALL_MACHINE_H

#include "format/manifest.h"

#define MACHINE_LABEL 32

/* machine_identity - out of sysfs; "" where there is none. $SLIPWAY_SYS names
 * another, for tests. */
void machine_identity(struct manifest_machine *m);

struct machine_boot {
	char label[MACHINE_LABEL];	 /* of the BOOT file system, or "" */
	uint64_t serial;		 /* of the release, or 0 */
	char channel[TEXT_NAME_MAX + 1]; /* or "" */
};

/*
 * machine_booted - what the kernel's command line says. $SLIPWAY_CMDLINE names
 * another file, for tests and rescue systems.
 */
void machine_booted(struct machine_boot *b);

#endif

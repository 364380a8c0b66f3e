/* SPDX-License-Identifier: MIT */
/* machine.h - what this machine is called, and which release it runs. */
#ifndef INSTALL_MACHINE_H
#define INSTALL_MACHINE_H

#include "format/manifest.h"

#define MACHINE_LABEL 32

/* machine_identity - out of sysfs; "" where there is none. */
void machine_identity(struct manifest_machine *m);

/*
 * machine_booted - what slipway.source= of the kernel's command line says:
 * the label of the BOOT file system ("" when not booted from one) and the
 * serial of the release (0). $SLIPWAY_CMDLINE names another file, for tests
 * and rescue systems.
 */
void machine_booted(char label[MACHINE_LABEL], uint64_t *serial);

#endif

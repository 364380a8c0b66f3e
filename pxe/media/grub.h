/* SPDX-License-Identifier: MIT */
/*
 * grub.h - the outer menu of an installed disk. One text for BIOS and UEFI,
 * written when the disk is installed and never by an update: what changes is
 * in the block that grubenv.h describes, one sector, which GRUB reads without
 * replaying a journal.
 *
 * Whoever starts GRUB (grubdisk.h) sets root to the BOOT file system and has it
 * run /slipway/grub.cfg. /slipway/args.cfg, if there is one, may set args
 * (kernel arguments of this disk: console=, slipway.ram=) and timeout.
 */
#ifndef MEDIA_GRUB_H
#define MEDIA_GRUB_H

#include "format/text.h"

/* grub_config - the text of slipway/grub.cfg on the file system labelled
 * @label; malloc-ed. */
char *grub_config(const char *label);

/* boot.cfg of a release has two lines, of what its folder is for: the role,
 * and its image, GRUB_OWN where that is the role itself. */
#define GRUB_SET_ROLE  "set role="
#define GRUB_SET_IMAGE "set image="
#define GRUB_OWN       "-"

/* grub_boot_cfg - boot.cfg; malloc-ed. */
char *grub_boot_cfg(struct span role, struct span image);

#endif

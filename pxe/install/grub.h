/* SPDX-License-Identifier: MIT */
/*
 * grub.h - the outer menu of an installed disk. One text for BIOS and UEFI,
 * written when the disk is installed and never by an update: what changes is
 * in the block that grubenv.h describes, one sector, which GRUB reads without
 * replaying a journal.
 *
 * Whoever starts GRUB (core.img, grubx64.efi) has to set root to the BOOT file
 * system and then: configfile /slipway/grub.cfg. Modules: part_gpt ext2
 * search search_label loadenv regexp test true echo linux normal configfile
 * sleep reboot halt serial terminal.
 *
 * /slipway/args.cfg, if there is one, may set args (kernel arguments of this
 * disk: console=, slipway.ram=) and timeout; the installer writes it.
 */
#ifndef INSTALL_GRUB_H
#define INSTALL_GRUB_H

/* grub_config - the text of slipway/grub.cfg on the file system labelled
 * @label; malloc-ed. */
char *grub_config(const char *label);

#endif

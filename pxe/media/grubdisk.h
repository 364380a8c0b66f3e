/* SPDX-License-Identifier: MIT */
/*
 * grubdisk.h - GRUB on a disk, for BIOS and for UEFI, with every module it
 * needs inside its core: it reads one file, slipway/grub.cfg of BOOT.
 */
#ifndef MEDIA_GRUBDISK_H
#define MEDIA_GRUBDISK_H

#include "parts.h"

/*
 * grubdisk_core - GRUB's core for "i386-pc" or "x86_64-efi", that looks for
 * the file system @uuid, as a file at @out. grubdisk_bios - put the core @file
 * into the BIOS boot partition and the boot sector in front of the table, in
 * this order, each on the disk before the next. grubdisk_none - no code there.
 * All die naming what failed.
 */
void grubdisk_core(const char *format, const char *uuid, const char *out);
void grubdisk_bios(const char *path, const struct parts *p, const char *file);
void grubdisk_none(const char *path);

#endif

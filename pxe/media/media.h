/* SPDX-License-Identifier: MIT */
/*
 * media.h - what a bootable medium is made of:
 *
 *	/boot/grub/grub.cfg	the menu; loopback.cfg leads to it
 *	/boot/BASE/vmlinuz, initrd.img
 *	/boot/custom.env	what `slipway iso customize` sets (custom.h)
 *	/boot/custom.img	the archive that it adds
 *	/boot/memtest.*, ipxe.*, entry.ipxe
 *	/slipway/		the publish tree: manifest.cms, layers/
 *
 * BIOS starts GRUB out of the boot catalogue or the first sector, UEFI out of
 * a FAT image that is El Torito's and a partition at once.
 */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "release.h"

#define MEDIA_LABEL_MAX 32

enum media_variant { MEDIA_LIVE, MEDIA_NET, MEDIA_INSTALLER };

struct media {
	const struct site *site;
	struct release r;
	enum media_variant variant;
	bool *with;	      /* by role: is it on the medium? */
	const char *fallback; /* id of the menu's default entry (malloc-ed) */
	const char *append;   /* more kernel arguments, or "" */
	uint64_t timeout;     /* of the menu, seconds */
	uint64_t reserve;     /* of custom.img, MiB */
	char label[MEDIA_LABEL_MAX + 1];
	char guid[33];	    /* of the partition table, hex */
	bool memtest, ipxe; /* are they there to be taken along? */
};

#define MEDIA_MEMTEST_BIOS "/boot/memtest86+x64.bin"
#define MEDIA_MEMTEST_EFI  "/boot/memtest86+x64.efi"
#define MEDIA_IPXE_BIOS	   "/usr/lib/ipxe/ipxe.lkrn"
#define MEDIA_IPXE_EFI	   "/usr/lib/ipxe/ipxe.efi"

/* menu_variant - its name, as --variant takes it. */
const char *menu_variant(enum media_variant v);

/* menu_print - grub.cfg. Dies on arguments that it cannot hold. */
void menu_print(FILE *f, const struct media *m);

/*
 * menu_words - may these kernel arguments stand in a GRUB variable or between
 * its quotes? A reason, or NULL.
 */
const char *menu_words(const char *text);

/* loader_bios, loader_efi - GRUB as the files that firmware starts. */
void loader_bios(const char *label, const char *dir, const char *to);
void loader_efi(const char *label, const char *dir, const char *to);

/* image_need - die naming the package of the first tool that lacks. */
void image_need(void);

/* image_write - the hybrid image, whole or not at all. */
void image_write(struct media *m, const char *to);

#endif

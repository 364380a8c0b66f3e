/* SPDX-License-Identifier: MIT */
/*
 * load.h - what goes onto BOOT: folders and files, a release's among them,
 * and the menu that starts it.
 */
#ifndef MEDIA_LOAD_H
#define MEDIA_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "format/digest.h"
#include "format/manifest.h"

#define LOAD_RELEASES  "/slipway/releases" /* then /SERIAL */
#define LOAD_FILES_MAX 128

struct load_file {
	char *from, *to; /* absolute both */
	char hex[DIGEST_HEX + 1];
	uint64_t size;
};

struct load {
	uint64_t serial, time; /* of the release; seconds since 1970 */
	const char *site;
	unsigned int n_roles;
	const char *const *roles;
	unsigned int n;
	struct load_file files[LOAD_FILES_MAX];
	uint64_t size; /* of all files */
};

/*
 * load_add - the file @from as @to in the release's folder. @hex is its digest
 * where that is known and proven, NULL: as it is now. Dies when unreadable.
 */
void load_add(struct load *l, const char *from, const char *to,
	      const char *hex);
void load_free(struct load *l);

/* What the kernel is told, and GRUB's own ways. */
struct load_menu {
	const char *console; /* "ttyS0,115200 tty0": the last is /dev/console */
	const char *upper;   /* slipway.upper=, or NULL: in memory */
	const char *args;    /* more words, or NULL */
	unsigned int timeout; /* seconds */
};

/*
 * load_menu_text - grub.cfg (GRUB manual, "Shell-like scripting") with the
 * releases @serials, newest first, each for every role, under the keys 1 to 9;
 * malloc-ed. Dies when a word holds what GRUB would not pass on.
 */
char *load_menu_text(const struct load *l, const struct load_menu *m,
		     const uint64_t *serials, unsigned int n);

#endif

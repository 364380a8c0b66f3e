/* SPDX-License-Identifier: MIT */
/*
 * load.h - what goes onto BOOT: folders and files, a release's among them,
 * and GRUB's menu.
 */
#ifndef MEDIA_LOAD_H
#define MEDIA_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "format/digest.h"
#include "format/manifest.h"

#define LOAD_LABEL     "BOOT"
#define LOAD_HOME      "/slipway"
#define LOAD_RELEASES  LOAD_HOME "/releases" /* then /SERIAL */
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
	struct span image; /* of the only role; n 0: its own */
	unsigned int n;
	struct load_file files[LOAD_FILES_MAX];
	uint64_t size; /* of all files */
};

/*
 * load_add - the file @from as @to in the release's folder; the first is one
 * in no folder below that. @hex is its digest where that is known and proven,
 * NULL: as it is now. Dies when unreadable.
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

/* What slipway itself says on BOOT. */
#define LOAD_TEXTS 4
struct load_text {
	char *to, *text; /* malloc-ed both */
	size_t size;
};

/*
 * load_texts - grub.cfg and what it reads, into @out; their number.
 *
 * Of one role: the menu that updates go on with (grub.h), its args.cfg, its
 * grubenv, boot.cfg of the release. Of several, as on a stick that installs:
 * a menu of them, under the keys 1 to 9, and nothing else. Dies when a word
 * holds what GRUB would not pass on. load_texts_free - what they hold.
 */
unsigned int load_texts(const struct load *l, const struct load_menu *m,
			struct load_text out[LOAD_TEXTS]);
void load_texts_free(struct load_text *texts, unsigned int n);

#endif

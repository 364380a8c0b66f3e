/* SPDX-License-Identifier: MIT */
/* role.h - what SITE/roles/ROLE says, and the base it stands on. */
#ifndef OVERLAY_ROLE_H
#define OVERLAY_ROLE_H

#include <stdbool.h>
#include <stdint.h>
#include "format/digest.h"
#include "host/site.h"

enum role_grant { ROLE_DEVNODES = 1, ROLE_SETID = 2, ROLE_CAPS = 4 };

struct role {
	char *name, *dir;
	struct ini conf;
	const char *base;
	bool foreign; /* not of the site: stands on whatever base is asked for
		       */
	/* NULL terminated */
	char **depends, **provides, **conflicts, **packages;
	const char *from_oci; /* container image below its own layers, NULL */
	unsigned int grants;  /* enum role_grant, or-ed */
	uint64_t budget;      /* bytes of overlay.cpio.gz, 0: none */
};

/* The base as `slipway base` left it. */
struct base {
	char *name, *image;
	char digest[DIGEST_HEX + 1];
	uint64_t epoch; /* SOURCE_DATE_EPOCH, else its own date */
	struct ini info;
};

/* role_read - find (site_role_dir()), read and check a role, or die naming
 * file and key. */
void role_read(struct role *r, const struct site *s, const char *name);

/* role_base - find the base's image and check it against its digest, or die
 * saying which command makes it. */
void role_base(struct base *b, const struct site *s, const char *name);

/*
 * role_order - @name after everything it depends on, each once, in the order
 * in which they are stacked; malloc-ed, NULL terminated. A name that no role
 * has must be provided by another of them. Dies on a cycle, on what nobody
 * provides or two do, and on conflicts, with the names.
 */
char **role_order(const struct site *s, const char *name);

/* role_grants - decode "devnodes,setid,caps", dying with @where. */
unsigned int role_grants(const char *text, const char *where);

/* role_grants_text - the reverse, static text. */
const char *role_grants_text(unsigned int grants);

#endif

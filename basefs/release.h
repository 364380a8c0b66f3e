/* SPDX-License-Identifier: MIT */
/*
 * release.h - what a mirror has today: the InRelease files of its suites, for
 * the key of the cache and for the date. Signatures are apt's business, which
 * fetches these files again; a forged one can only waste time.
 */
#ifndef BASEFS_RELEASE_H
#define BASEFS_RELEASE_H

#include "format/digest.h"

struct release {
	uint8_t digest[DIGEST_SIZE];	/* of the checksums that it lists */
	uint32_t date;
};

/*
 * release_fetch - through apt's own downloader, into @work. 0, or -errno with
 * one line of @why (malloc-ed).
 */
int release_fetch(struct release *r, const char *uri, const char *suite,
		  const char *work, char **why);

/* release_parse - 0, or -EBADMSG: no Date, or nothing listed. */
int release_parse(struct release *r, const char *text);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * sources.h - where this very machine gets its packages from, so that a
 * mirror or a cache that its owner chose serves bases too.
 */
#ifndef BASEFS_SOURCES_H
#define BASEFS_SOURCES_H

#include <stdbool.h>

struct sources {
	const char *codename;	/* only entries of this suite count */
	char *main, *security;	/* URI, or NULL */
	bool updates;
};

/*
 * sources_add - look at one file in apt's one-line (@deb822 false) or deb822
 * format. @text is cut up. The first URI found for each purpose stays.
 */
void sources_add(struct sources *s, char *text, bool deb822);

/* sources_read - all of below @etc ("/etc"), when os-release there says that
 * it is Debian; else nothing is found. */
void sources_read(struct sources *s, const char *etc);

#endif

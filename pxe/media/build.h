/* SPDX-License-Identifier: MIT */
/* build.h - what `slipway iso` and `slipway usb` have in common. */
#ifndef MEDIA_BUILD_H
#define MEDIA_BUILD_H

#include "host/opts.h"
#include "media.h"

/* Values of options; NULL where none was given. */
struct build {
	const char *dir, *variant, *only, *fallback, *append, *timeout,
		*reserve, *to;
};

/* The options that set them, for an option table. */
#define BUILD_OPTIONS(b)                                                       \
	{"directory", 'C',     "DIR", "the site (default: found from here)",   \
	 NULL,	      &(b).dir},                                               \
		{"variant", 0,                                                 \
		 "WHAT",    "live (default), net or installer",                \
		 NULL,	    &(b).variant},                                     \
		{"only",     0,                                                \
		 "ROLE,...", "these roles, not all of the site",               \
		 NULL,	     &(b).only},                                       \
		{"default", 0,                                                 \
		 "ENTRY",   "a role, auto, local, memtest, ipxe",              \
		 NULL,	    &(b).fallback},                                    \
		{"append", 'a',	       "TEXT", "more kernel arguments",        \
		 NULL,	   &(b).append},                                       \
		{"timeout", 't',	 "SEC", "of the menu (default 5)",     \
		 NULL,	    &(b).timeout},                                     \
		{"reserve", 0,                                                 \
		 "MIB",	    "room for customize to fill (default 4)",          \
		 NULL,	    &(b).reserve},                                     \
	{                                                                      \
		"output", 'o', "FILE", "default: SITE-VARIANT-SERIAL.iso",     \
			NULL, &(b).to                                          \
	}

/*
 * build_image - write the image that @b describes, of the published release;
 * @m says afterwards what is on it. Dies, or ends as opts_usage() with @o.
 * Returns its path, malloc-ed. build_end - free what @m holds.
 */
char *build_image(const struct build *b, const struct opts *o,
		  struct site *site, struct media *m);
void build_end(struct media *m);

/* build_print - its path, or all that there is to say as JSON. */
void build_print(const struct media *m, const char *path, bool json);

#endif

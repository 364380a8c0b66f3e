/* SPDX-License-Identifier: MIT */
/*
 * cmsfile.h - the messages that cmsgen wrote into the file $FUZZ_CMS. Keys are
 * made anew whenever that file is; nobody has them afterwards.
 */
#ifndef CMSFILE_H
#define CMSFILE_H

#include <stddef.h>
#include <stdint.h>

#include "../unit/cmscase.h"

struct cmsfile {
	struct cms_case c;
	const uint8_t *root, *der, *data;
};

#define CMSFILE_CONTENT_MAX (256u << 10)

/* cmsfile_load - how many, and where they are; ends the program if none. */
size_t cmsfile_load(const struct cmsfile **all);

#endif

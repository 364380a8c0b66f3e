/* SPDX-License-Identifier: MIT */
/* single.h - one squashfs of what exists, without a site. */
#ifndef BASEFS_SINGLE_H
#define BASEFS_SINGLE_H

/* single_pack - @src (as from.h) to the file @out; prints digest and size,
 * returns EXIT_DONE. @profile NULL: quick. */
int single_pack(const char *src, const char *out, const char *profile,
		unsigned int jobs, unsigned int epoch);

#endif

/* SPDX-License-Identifier: MIT */
/* clean.h - nothing of the build machine, of the moment, or of what must be a
 * machine's own stays in a base. */
#ifndef BASEFS_CLEAN_H
#define BASEFS_CLEAN_H

/* clean_before - ahead of files/ and hooks: what mmdebstrap copied here. */
void clean_before(const char *root);

/* clean_after - after them; changes the root of this process to @root. */
void clean_after(const char *root);

#endif

/* SPDX-License-Identifier: MIT */
/* extparts.h - between ext.c and extfeed.c, which alone name libext2fs. */
#ifndef BASEFS_EXTPARTS_H
#define BASEFS_EXTPARTS_H

#include <ext2fs/ext2fs.h>
#include "ext.h"

struct ext {
	const char *path;
	ext2_filsys fs;
};

/* ext_slurp - @size bytes of a file, or of a symlink that is stored as one,
 * malloc-ed, NUL behind; NULL: fewer, or unreadable. */
char *ext_slurp(struct ext *x, ext2_ino_t ino, size_t size);

#endif

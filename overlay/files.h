/* SPDX-License-Identifier: MIT */
/* files.h - a role's files/ and first-boot.d, copied into the union. */
#ifndef OVERLAY_FILES_H
#define OVERLAY_FILES_H

#include "build.h"

/*
 * files_copy - copy files/ as it is, owned by root, then apply files.modes
 * ("PATH MODE UID GID" lines). Symlinks of the union are followed inside it,
 * so that files/bin/x lands in a merged usr/bin. Dies naming the path.
 */
void files_copy(const struct build *b);

/* files_first_boot - install first-boot.d and the unit that runs it once. */
void files_first_boot(const struct build *b);

#endif

/* SPDX-License-Identifier: MIT */
/* pkgfiles.h - files of package tools that are nobody's alone. */
#ifndef HOST_PKGFILES_H
#define HOST_PKGFILES_H

#include <stdbool.h>

/* pkgfiles_shared - is it one that dpkg and apt write for all packages? */
bool pkgfiles_shared(const char *path);

#endif

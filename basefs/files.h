/* SPDX-License-Identifier: MIT */
/*
 * files.h - put files into a system that is not ours yet: its symlinks are
 * followed inside it, never out of it. Owner root, dated SOURCE_DATE_EPOCH.
 */
#ifndef BASEFS_FILES_H
#define BASEFS_FILES_H

#include <sys/types.h>

/* files_one - file @from as @to (absolute, inside) of @mode. */
void files_one(const char *root, const char *from, const char *to, mode_t mode);

/* files_tree - all below @from; directories that exist keep their mode. */
void files_tree(const char *root, const char *from);

#endif

/* SPDX-License-Identifier: MIT */
/* program.h - will the kernel be able to run it? */
#ifndef PROGRAM_H
#define PROGRAM_H

#define PROGRAM_PATH_MAX 256

/*
 * program_check - is @path, as seen from inside @root, a regular file with an
 * execute bit that is ELF of this machine with its loader there, or a script
 * with its interpreter there?
 *
 * Returns NULL, or why not (static text).
 */
const char *program_check(int root, const char *path);

#endif

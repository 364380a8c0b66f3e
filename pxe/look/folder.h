/* SPDX-License-Identifier: MIT */
/* folder.h - a look's tree as a folder. */
#ifndef LOOK_FOLDER_H
#define LOOK_FOLDER_H

#include "look.h"

/*
 * folder_write - all of @l below the new folder @path, which is removed again
 * when that fails. With @no_owner all is the caller's own: no owners, setuid
 * bits, attributes or device nodes, with a count of what is left out.
 */
void folder_write(const struct look *l, const char *path, bool no_owner);

#endif

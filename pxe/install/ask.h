/* SPDX-License-Identifier: MIT */
/* ask.h - the plain menu, for a person at a terminal. */
#ifndef INSTALL_ASK_H
#define INSTALL_ASK_H

#include "disks.h"

/*
 * ask_disk - show the disks, take a number; where there is data on it, take
 * the word of consent too, into *@consent. Ends with status 1 on an empty
 * answer, and dies where there is no disk to choose.
 */
const struct disks_one *ask_disk(const struct disks *l, const char **consent);

#endif

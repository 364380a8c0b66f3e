/* SPDX-License-Identifier: MIT */
/* conflicts.h - paths that more than one overlay of a role changes. */
#ifndef PUBLISH_CONFLICTS_H
#define PUBLISH_CONFLICTS_H

#include "release.h"

/*
 * conflicts_each - tell @say of each path (printable) that an overlay of role
 * @role replaces, deletes or hides though a lower one of the role brings or
 * deletes it, or something below it: "etc/x: overlay B replaces what overlay A
 * has". What package tools write for all packages is left out. The sizes of
 * @r's layers must be filled in. Dies when an archive is none.
 */
void conflicts_each(const struct release *r, unsigned int role,
		    void (*say)(void *user, const char *text), void *user);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * userns.h - root's work without being root: a user namespace in which the
 * person is root and the ids of /etc/subuid and /etc/subgid are all others.
 */
#ifndef HOST_USERNS_H
#define HOST_USERNS_H

#include <stdbool.h>

/*
 * userns_enter - become root of a user namespace of our own: 0 is the caller,
 * 1 and up are its subordinate ids. Nothing happens when the caller is root,
 * of the machine or of a namespace. To be called before there is a second
 * thread. Dies naming what is missing and its cure: uidmap, a range of ids,
 * the kernel's permission.
 */
void userns_enter(void);

/* userns_inside - are we in a user namespace that is not the machine's own?
 * No device nodes, no loop devices and no trusted.* attributes there. */
bool userns_inside(void);

/* userns_maps - which ids are mapped to which, as text; malloc-ed. */
char *userns_maps(void);

#endif

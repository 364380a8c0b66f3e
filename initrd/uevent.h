/* SPDX-License-Identifier: MIT */
/* uevent.h - the kernel's word that a device has appeared. */
#ifndef UEVENT_H
#define UEVENT_H

#include "format/env.h"

#define UEVENT_MAX 8192 /* what the kernel sends at most is 2 KiB and a path   \
			 */

/* uevent_open - the socket they come by, or -errno. */
int uevent_open(void);

/*
 * uevent_next - the modalias of a device that was added, into @alias, NUL
 * terminated; what else is told is passed over. Does not wait.
 *
 * Returns its length, 0 when there is no more now, -ENOBUFS when some were
 * lost, -errno.
 */
int uevent_next(int fd, char *alias, size_t size);

#endif

/* SPDX-License-Identifier: MIT */
/* busy.h - is somebody using that disk? */
#ifndef INSTALL_BUSY_H
#define INSTALL_BUSY_H

#include <stddef.h>

/*
 * busy_disk - why @name ("sda") may not be written to, as text that goes on
 * after its name; "" when it may. It or a partition of it is mounted, swapped
 * to, part of a RAID, LVM or LUKS volume, opened by somebody, or carries the
 * label @medium (NULL: none does). busy_image - the same of a file: mounted
 * through a loop device, or open for a virtual machine that locks it.
 */
void busy_disk(const char *name, const char *medium, char *why, size_t size);
void busy_image(const char *path, char *why, size_t size);

#endif

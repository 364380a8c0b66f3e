/* SPDX-License-Identifier: MIT */
/* loop.h - a file as a read-only block device. */
#ifndef LOOP_H
#define LOOP_H

/*
 * loop_attach - bind @file to a free loop device that frees itself with its
 * last user; its path goes to @path of 32 bytes.
 *
 * Returns an open descriptor of the device, to be closed once it is mounted,
 * or -errno.
 */
int loop_attach(int file, char path[32]);

#endif

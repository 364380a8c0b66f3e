/* SPDX-License-Identifier: MIT */
/*
 * disk.h - writes that survive a power cut, for readers that do not replay a
 * journal: GRUB reads what is in its place on the disk and nothing else.
 */
#ifndef INSTALL_DISK_H
#define INSTALL_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * disk_overwrite - the first @size bytes of a file, in place, flushed. A file
 * that is there keeps its length and its blocks, so no metadata has to follow;
 * one that is not is made, and settled. Dies naming the file.
 */
void disk_overwrite(const char *path, const void *p, size_t size);

/* disk_put - a new file, flushed, but its folder not. Dies naming it. */
void disk_put(const char *path, const void *p, size_t size);

/* disk_flush - fsync of a file or a folder, or die. */
void disk_flush(const char *path);

/*
 * disk_settle - everything on @mount is in its place: written, and the journal
 * empty (FIFREEZE). Where @mount is not a file system of its own, or cannot
 * be frozen, syncfs() has to do.
 *
 * disk_thaw - undo the freeze of a run that was killed in its midst.
 */
void disk_settle(const char *mount);
void disk_thaw(const char *mount);

/* disk_room - bytes that can be had on @path's file system. */
uint64_t disk_room(const char *path);

#endif

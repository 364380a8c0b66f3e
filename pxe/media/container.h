/* SPDX-License-Identifier: MIT */
/*
 * container.h - a disk image as a container image: an archive in the OCI
 * layout (image-spec 1.1, image-layout.md), which holds /disk/disk.qcow2 for
 * the user 107, as KubeVirt wants its container disks.
 */
#ifndef MEDIA_CONTAINER_H
#define MEDIA_CONTAINER_H

#include <stdint.h>

/* container_write - the image @qcow2 as the archive @to, everything dated
 * @time, for x86-64. Dies naming what failed. */
void container_write(const char *to, const char *qcow2, uint64_t time);

#endif

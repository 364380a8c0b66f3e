/* SPDX-License-Identifier: MIT */
/* convert.h - a raw image in the format that somebody wants it in. */
#ifndef MEDIA_CONVERT_H
#define MEDIA_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#include "host/outfile.h"

bool convert_known(const char *format);

/*
 * convert_to - commit @o, whose temporary is a raw image, as @format: "raw",
 * or by qemu-img "qcow2" (compressed), "vmdk" (streamOptimized), "vhd" (of
 * exactly this size), "oci" (container.h), dated
 * @time. Dies naming what failed.
 */
void convert_to(const char *format, struct outfile *o, uint64_t time);

#endif

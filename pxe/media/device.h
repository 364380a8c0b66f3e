/* SPDX-License-Identifier: MIT */
/* device.h - a stick that an image is written to, and whether it may be. */
#ifndef MEDIA_DEVICE_H
#define MEDIA_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

struct device {
	const char *path;
	int fd;
	uint64_t size; /* bytes */
	char *model;
	bool removable; /* or on USB */
};

/*
 * device_open - @path, a whole disk that nobody uses, open for writing; or
 * die naming what holds it. Nothing is written. @fixed: it may be a disk that
 * is not removable.
 */
void device_open(struct device *d, const char *path, bool fixed);

/* device_write - the whole of @image, read back and compared; dies when it
 * does not fit or comes back otherwise. Closes the device. */
void device_write(struct device *d, const char *image);

#endif

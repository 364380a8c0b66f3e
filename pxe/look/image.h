/* SPDX-License-Identifier: MIT */
/* image.h - a role as a container image. */
#ifndef LOOK_IMAGE_H
#define LOOK_IMAGE_H

#include "look.h"

/*
 * image_write - an OCI image layout in a tar at @path, named @tag: one layer
 * for each of @l, the base's the lowest, gzip. The same layers, the same
 * bytes. @thing is its title. Dies when @l has no base.
 */
void image_write(const struct look *l, const char *path, const char *tag,
		 const char *thing);

#endif

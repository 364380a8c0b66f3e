/* SPDX-License-Identifier: MIT */
/* tarball.h - a look's tree as a tar. */
#ifndef LOOK_TARBALL_H
#define LOOK_TARBALL_H

#include "look.h"

/* tarball_write - all of @l as a tar to @put. As walk_all(). */
void tarball_write(const struct look *l, bool as_layer,
		   void (*put)(void *user, const void *p, size_t size),
		   void *user);

#endif

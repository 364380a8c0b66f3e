/* SPDX-License-Identifier: MIT */
/* walk.h - a look's entries as those of a tar, hard links found. */
#ifndef LOOK_WALK_H
#define LOOK_WALK_H

#include "host/tarread.h"
#include "look.h"

/* How walk_all() tells of entries; the first returns whether contents of a
 * regular file are wanted. */
struct walk_sink {
	bool (*entry)(void *user, const struct tarread_entry *e);
	void (*data)(void *user, const void *p, size_t size);
	void (*end)(void *user);
};

/* walk_whole - dies where @l deletes, or hides, what it does not hold. */
void walk_whole(const struct look *l);

/*
 * walk_all - every entry of @l in its order, the root first. With @as_layer as
 * a container image's layer has them: what an overlay deletes is a file
 * ".wh.NAME", what it makes opaque has one ".wh..wh..opq"; dies on a file that
 * has such a name by itself. Without, as walk_whole().
 */
void walk_all(const struct look *l, bool as_layer, const struct walk_sink *sink,
	      void *user);

#endif

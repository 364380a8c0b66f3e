// SPDX-License-Identifier: MIT
/* tarball.c - a look's tree as a tar. */
#include <sys/stat.h>

#include "host/error.h"
#include "pax.h"
#include "tarball.h"
#include "walk.h"

struct tarball {
	struct pax *pax;
	unsigned int sockets;
};

static bool entry(void *user, const struct tarread_entry *e)
{
	struct tarball *t = user;

	if (!pax_entry(t->pax, e)) {
		t->sockets++;
		return false;
	}
	return S_ISREG(e->mode) && !e->hardlink;
}

static void data(void *user, const void *p, size_t size)
{
	pax_data(((struct tarball *)user)->pax, p, size);
}

static void end(void *user)
{
	(void)user;
}

void tarball_write(const struct look *l, bool as_layer,
		   void (*put)(void *user, const void *p, size_t size),
		   void *user)
{
	static const struct walk_sink sink = {entry, data, end};
	struct tarball t = {pax_open(put, user), 0};

	walk_all(l, as_layer, &sink, &t);
	pax_close(t.pax);
	if (t.sockets)
		warn("left out %u sockets, which no tar can hold", t.sockets);
}

// SPDX-License-Identifier: MIT
/* privileges.c - files that give who runs them more than he has. */
#include <stdlib.h>
#include <sys/stat.h>

#include "facts.h"
#include "host/alloc.h"
#include "print.h"

void facts_privileges(struct facts *f, const struct look *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct look_entry *e = &l->entries[i];
		const char *caps = print_caps(e);
		char *value;

		if (!S_ISREG(e->mode) ||
		    (!caps && !(e->mode & (S_ISUID | S_ISGID))))
			continue;
		value = xasprintf("%04o %u:%u%s%s", e->mode & 07777, e->uid,
				  e->gid, caps ? " cap " : "",
				  caps ? caps : "");
		facts_add(f, e->path, value);
		free(value);
	}
	facts_sort(f);
}

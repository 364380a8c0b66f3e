// SPDX-License-Identifier: MIT
/* facts.c - lists of named facts, and what two of them do not share. */
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "host/alloc.h"

void facts_add(struct facts *f, const char *name, const char *value)
{
	if (!(f->n & (f->n - 1)))
		f->list = xrealloc(f->list, f->n ? 2 * f->n : 1,
				   sizeof(*f->list));
	f->list[f->n].name = xstrdup(name);
	f->list[f->n++].value = xstrdup(value);
}

/* Equal names keep the order in which they were added. */
static void merge(struct fact *list, struct fact *spare, size_t n)
{
	size_t half = n / 2, i = 0, k = half, at = 0;

	if (n < 2)
		return;
	merge(list, spare, half);
	merge(list + half, spare, n - half);
	while (i < half || k < n) {
		bool left = k == n || (i < half &&
				       strcmp(list[i].name, list[k].name) <= 0);

		spare[at++] = left ? list[i++] : list[k++];
	}
	memcpy(list, spare, n * sizeof(*list));
}

void facts_sort(struct facts *f)
{
	struct fact *spare = xcalloc(f->n + 1, sizeof(*spare));
	size_t i, kept = 0;

	merge(f->list, spare, f->n);
	free(spare);
	for (i = 0; i < f->n; i++) {
		if (i + 1 < f->n &&
		    !strcmp(f->list[i].name, f->list[i + 1].name)) {
			free(f->list[i].name);
			free(f->list[i].value);
			continue;
		}
		f->list[kept++] = f->list[i];
	}
	f->n = kept;
}

void facts_free(struct facts *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		free(f->list[i].name);
		free(f->list[i].value);
	}
	free(f->list);
	memset(f, 0, sizeof(*f));
}

void facts_each(const struct facts *old, const struct facts *new,
		void (*fn)(void *user, const char *name, const char *a,
			   const char *b),
		void *user)
{
	size_t i = 0, k = 0;

	while (i < old->n || k < new->n) {
		const struct fact *a = i < old->n ? &old->list[i] : NULL;
		const struct fact *b = k < new->n ? &new->list[k] : NULL;
		int order = !a ? 1 : !b ? -1 : strcmp(a->name, b->name);

		if (order < 0)
			fn(user, a->name, a->value, NULL);
		else if (order > 0)
			fn(user, b->name, NULL, b->value);
		else if (strcmp(a->value, b->value))
			fn(user, a->name, a->value, b->value);
		i += order <= 0;
		k += order >= 0;
	}
}

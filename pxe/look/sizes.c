// SPDX-License-Identifier: MIT
/* sizes.c - bytes by folder; a file of several names counts once. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "facts.h"
#include "host/alloc.h"

struct folder {
	char *name;
	uint64_t bytes;
};

struct folders {
	size_t n;
	struct folder *list;
};

static int by_file(const void *a, const void *b)
{
	const struct look_entry *x = *(const struct look_entry *const *)a;
	const struct look_entry *y = *(const struct look_entry *const *)b;

	if (x->layer != y->layer)
		return x->layer < y->layer ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* The regular files, names of one file beside each other; malloc-ed. */
static const struct look_entry **files(const struct look *l, size_t *n)
{
	const struct look_entry **list = xcalloc(l->n + 1, sizeof(*list));
	size_t i;

	*n = 0;
	for (i = 0; i < l->n; i++)
		if (S_ISREG(l->entries[i].mode))
			list[(*n)++] = &l->entries[i];
	qsort(list, *n, sizeof(*list), by_file);
	return list;
}

/* "usr/lib/a/b" is in "usr/lib", "etc/x" in "etc", "x" in ".". */
static char *folder_of(const char *path)
{
	const char *slash = strchr(path, '/'), *second;

	if (!slash)
		return xstrdup(".");
	second = strchr(slash + 1, '/');
	if (second && (!strncmp(path, "usr/", 4) || !strncmp(path, "var/", 4)))
		slash = second;
	return xasprintf("%.*s", (int)(slash - path), path);
}

static void count(void *user, const struct look_entry *e)
{
	struct folders *all = user;
	char *name = folder_of(e->path);
	size_t i;

	for (i = 0; i < all->n; i++)
		if (!strcmp(all->list[i].name, name))
			break;
	if (i < all->n) {
		free(name);
	} else {
		all->list = xrealloc(all->list, i + 1, sizeof(*all->list));
		all->list[all->n++] = (struct folder){name, 0};
	}
	all->list[i].bytes += e->size;
}

void facts_files(const struct look *l,
		 void (*fn)(void *user, const struct look_entry *e), void *user)
{
	const struct look_entry **list;
	size_t n, i;

	list = files(l, &n);
	for (i = 0; i < n; i++)
		if (!i || list[i]->nlink < 2 ||
		    list[i]->ino != list[i - 1]->ino ||
		    list[i]->layer != list[i - 1]->layer)
			fn(user, list[i]);
	free(list);
}

void facts_sizes(struct facts *f, const struct look *l)
{
	struct folders all = {0};
	char *text;
	size_t i;

	facts_files(l, count, &all);
	for (i = 0; i < all.n; i++) {
		text = xasprintf("%llu", (unsigned long long)all.list[i].bytes);
		facts_add(f, all.list[i].name, text);
		free(text);
		free(all.list[i].name);
	}
	free(all.list);
	facts_sort(f);
}

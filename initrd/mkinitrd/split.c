// SPDX-License-Identifier: MIT
/*
 * split.c - a core initrd and its driver archives. The core names the digest
 * of each archive's list of files, so that it proves them as it proves itself.
 */
#include <stdlib.h>
#include <string.h>

#include "format/filelist.h"
#include "format/modtab.h"
#include "host/alloc.h"
#include "host/error.h"
#include "drivers.h"
#include "payload.h"
#include "split.h"
#include "table.h"

/* Let the order be that of the core, and mark what is in it. */
static void order_core(struct modules *m)
{
	modules_unchoose(m);
	drivers_core(m);
	modules_order(m);
	for (size_t k = 0; k < m->n_order; k++)
		m->list[m->order[k]].core = true;
}

static void add_table(struct bundle *a, struct modules *m, bool archive,
		      const char *path)
{
	size_t size;
	char *table = table_text(m, archive, &size);

	bundle_file(a, path, 0444, table, size);
}

/* An item of the core's list of archives, appended to @text. */
static void list_archive(char *text, size_t *n, struct archive *a)
{
	const struct bundle_entry *e = &a->bundle.entries[a->bundle.n - 1];
	struct filelist_item it = {.size = e->size};
	int len;

	digest_of(e->data, e->size, it.digest);
	if (text_copy(it.path, sizeof(it.path), text_span(e->path)))
		die("initrd: %s: path too long", e->path);
	len = filelist_print(text + *n, FILELIST_SIZE_MAX - *n, &it);
	if (len < 0)
		die("initrd: too many driver archives for their list");
	*n += len;
}

static void fill_archive(struct pack *p, struct archive *a)
{
	struct modules *m = &p->modules;
	char *table = xasprintf("%s%s.modules", &MODTAB_ARCHIVE[1], a->name);
	char *list = xasprintf("%s%s%s", &FILELIST_ARCHIVE[1], a->name,
			       FILELIST_ARCHIVE_END);

	modules_order(m);
	for (size_t k = 0; k < m->n_order; k++)
		if (!m->list[m->order[k]].core)
			payload_add(p, &a->bundle, &a->tally, m->order[k]);
	add_table(&a->bundle, m, true, table);
	bundle_list(&a->bundle, list);
	free(list);
	free(table);
}

static size_t find_archive(struct split *s, struct pack *p, char *name)
{
	struct archive *a;

	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->list[i].name, name)) {
			free(name);
			return i;
		}
	if (strlen(name) >= FILELIST_ARCHIVE_NAME_MAX)
		die("initrd: %s: too many drivers for one NIC", name);
	s->list = xrealloc(s->list, s->n + 1, sizeof(*s->list));
	a = &s->list[s->n++];
	memset(a, 0, sizeof(*a));
	a->name = name;
	fill_archive(p, a);
	return s->n - 1;
}

/* The pairs from @k on that are of one id; how many they are. */
static size_t add_id(struct split *s, struct pack *p, size_t n, size_t k)
{
	const struct nicid *first = &s->pairs[k], *d = first;
	char *name = xstrdup(""), *more;
	struct split_id *id;

	modules_unchoose(&p->modules);
	for (; d < s->pairs + n && !strcmp(d->id, first->id); d++) {
		struct module *mod = &p->modules.list[d->module];

		mod->chosen = true;
		more = xasprintf("%s%s%s", name, *name ? "+" : "", mod->name);
		free(name);
		name = more;
	}
	s->ids = xrealloc(s->ids, s->n_ids + 1, sizeof(*s->ids));
	id = &s->ids[s->n_ids++];
	id->id = first->id;
	id->archive = find_archive(s, p, name);
	return d - first;
}

static void make_core(struct split *s, struct pack *p)
{
	struct modules *m = &p->modules;
	size_t n = strlen(FILELIST_MAGIC);
	char *text = xmalloc(FILELIST_SIZE_MAX);

	memcpy(text, FILELIST_MAGIC, n);
	for (size_t i = 0; i < s->n; i++)
		list_archive(text, &n, &s->list[i]);
	pack_common(p, &s->core);
	order_core(m);
	for (size_t k = 0; k < m->n_order; k++)
		payload_add(p, &s->core, &s->core_tally, m->order[k]);
	add_table(&s->core, m, false, &MODTAB_PATH[1]);
	bundle_file(&s->core, &FILELIST_ARCHIVES[1], 0444, text, n);
	bundle_seal(&s->core);
}

void split_make(struct split *s, struct pack *p)
{
	size_t n, k;

	memset(s, 0, sizeof(*s));
	/* a core has no drivers of disks, which pieces may be there for */
	if (!p->drivers || p->roles[0])
		return;
	s->pairs = nicids_read(&p->modules, &n);
	order_core(&p->modules);
	for (k = 0; k < n;)
		k += add_id(s, p, n, k);
	if (s->n)
		make_core(s, p);
}

void split_free(struct split *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->list[i].name);
		bundle_free(&s->list[i].bundle);
	}
	bundle_free(&s->core);
	free(s->list);
	free(s->ids);
	free(s->pairs);
}

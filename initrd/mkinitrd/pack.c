// SPDX-License-Identifier: MIT
/*
 * pack.c - one initrd: /init, BusyBox, modules, firmware, the site's rules.
 */
#include <stdlib.h>
#include <string.h>

#include "format/modtab.h"
#include "format/policy.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/roots.h"
#include "bake.h"
#include "drivers.h"
#include "extra.h"
#include "pack.h"
#include "payload.h"
#include "pieces.h"
#include "table.h"

#define PROGRAM_MAX (64u << 20)

static const char *const folders[] = {"dev", "proc", "run", "sys", NULL};

static uint64_t add_program(struct bundle *a, const char *from, const char *to)
{
	size_t size;
	char *data = outfile_slurp(from, PROGRAM_MAX, &size);

	if (!data)
		die("%s: cannot read:", from);
	if (size < 4 || memcmp(data, "\177ELF", 4))
		die("%s: not a program", from);
	bundle_file(a, to, 0755, data, size);
	return size;
}

static void add_tree(struct pack *p, struct bundle *a)
{
	for (const char *const *f = folders; *f; f++)
		bundle_dir(a, *f);
	bundle_node(a, "dev/console", 5, 1);
	bundle_node(a, "dev/null", 1, 3);
	p->init_size = add_program(a, p->init, "init");
	/* only for people: nothing of a boot runs it */
	if (!p->rescue)
		return;
	p->busybox_size = add_program(a, p->busybox, "bin/busybox");
	bundle_link(a, "bin/sh", "busybox");
}

static void add_rules(struct pack *p, struct bundle *a)
{
	const char *kernel = p->drivers ? p->base->release : "";
	size_t size;
	void *data;

	data = bake_policy(p->site, kernel, p->epoch, p->rescue, &size);
	bundle_file(a, &POLICY_PATH[1], 0444, data, size);
	data = bake_root(p->site, &size);
	bundle_file(a, &POLICY_ROOT_PATH[1], 0444, data, size);
	if (!p->tls_roots)
		return;
	data = roots_read(p->tls_roots, &size);
	bundle_file(a, &POLICY_TLS_PATH[1], 0444, data, size);
}

static void add_modules(struct pack *p)
{
	struct modules *m = &p->modules;
	size_t size;
	char *table;

	modules_read(m, p->base);
	if (p->extra)
		extra_read(m, p->extra);
	drivers_select(m, p->drivers);
	modules_order(m);
	for (size_t k = 0; k < m->n_order; k++)
		payload_add(p, &p->bundle, &p->tally, m->order[k]);
	table = table_text(m, false, &size);
	bundle_file(&p->bundle, &MODTAB_PATH[1], 0444, table, size);
}

void pack_common(struct pack *p, struct bundle *a)
{
	add_tree(p, a);
	add_rules(p, a);
	pieces_add(p, a);
}

void pack_gather(struct pack *p)
{
	pack_common(p, &p->bundle);
	if (p->drivers)
		add_modules(p);
}

void pack_free(struct pack *p)
{
	for (unsigned int i = 0; i < p->n_missing; i++)
		free(p->missing[i]);
	free(p->missing);
	modules_free(&p->modules);
	bundle_free(&p->bundle);
}

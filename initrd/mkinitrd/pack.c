// SPDX-License-Identifier: MIT
/*
 * pack.c - one initrd: /init, BusyBox, modules, firmware, the site's rules.
 */
#include <errno.h>
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
#include "modinfo.h"
#include "pack.h"
#include "press.h"
#include "table.h"

#define PROGRAM_MAX (64u << 20)
#define MODULE_MAX  (64u << 20)

static const char *const folders[] = {"dev", "proc", "run", "sys", NULL};

static uint64_t add_program(struct pack *p, const char *from, const char *to)
{
	size_t size;
	char *data = outfile_slurp(from, PROGRAM_MAX, &size);

	if (!data)
		die("%s: cannot read:", from);
	if (size < 4 || memcmp(data, "\177ELF", 4))
		die("%s: not a program", from);
	bundle_file(&p->bundle, to, 0755, data, size);
	return size;
}

static void add_tree(struct pack *p)
{
	for (const char *const *f = folders; *f; f++)
		bundle_dir(&p->bundle, *f);
	bundle_node(&p->bundle, "dev/console", 5, 1);
	bundle_node(&p->bundle, "dev/null", 1, 3);
	p->init_size = add_program(p, p->init, "init");
	p->busybox_size = add_program(p, p->busybox, "bin/busybox");
	/* udhcpc runs its handler by name: /init knows itself by it */
	bundle_link(&p->bundle, "slipway/dhcp", "/init");
	if (p->rescue)
		bundle_link(&p->bundle, "bin/sh", "busybox");
}

static void add_rules(struct pack *p)
{
	const char *kernel = p->drivers ? p->base->release : "";
	size_t size;
	void *data;

	data = bake_policy(p->site, kernel, p->epoch, p->rescue, &size);
	bundle_file(&p->bundle, &POLICY_PATH[1], 0444, data, size);
	data = bake_root(p->site, &size);
	bundle_file(&p->bundle, &POLICY_ROOT_PATH[1], 0444, data, size);
	if (!p->tls_roots)
		return;
	data = roots_read(p->tls_roots, &size);
	bundle_file(&p->bundle, &POLICY_TLS_PATH[1], 0444, data, size);
}

static bool packed(const struct pack *p, const char *path)
{
	for (size_t i = 0; i < p->bundle.n; i++)
		if (!strcmp(p->bundle.entries[i].path, path))
			return true;
	return false;
}

static bool add_firmware_as(struct pack *p, const char *name, const char *end)
{
	char *path = xasprintf("lib/firmware/%s%s", name, end);
	bool found = packed(p, path);
	size_t size;
	void *data;

	data = found ? NULL : base_file(p->base, path, &size);
	if (data) {
		bundle_file(&p->bundle, path, 0444, data, size);
		p->n_firmware++;
		p->firmware_size += size;
	}
	free(path);
	return found || data;
}

static void note_missing(struct pack *p, const char *name)
{
	for (unsigned int i = 0; i < p->n_missing; i++)
		if (!strcmp(p->missing[i], name))
			return;
	p->missing =
		xrealloc(p->missing, p->n_missing + 1, sizeof(*p->missing));
	p->missing[p->n_missing++] = xstrdup(name);
}

/* Called with each "firmware=" of a module. */
static void add_firmware(void *user, const char *name)
{
	struct pack *p = user;

	/* some name a family: a pattern is for people, not for loading */
	if (strchr(name, '*') || strstr(name, ".."))
		return;
	if (!add_firmware_as(p, name, "") && !add_firmware_as(p, name, ".xz") &&
	    !add_firmware_as(p, name, ".zst"))
		note_missing(p, name);
}

/* What @mod is without its compression; malloc-ed. */
static void *plain(const struct module *mod, const void *data, size_t *size)
{
	size_t len = strlen(mod->path);
	void *out;

	if (len <= 3 || strcmp(mod->path + len - 3, ".ko"))
		return press_undo(mod->path, data, *size, MODULE_MAX, size);
	out = xmalloc(*size);
	memcpy(out, data, *size);
	return out;
}

static void add_module(struct pack *p, const struct modules *m, size_t i)
{
	const struct module *mod = &m->list[i];
	char *from = xasprintf("%s/%s", p->base->modules, mod->path);
	char *to = table_path(m, mod);
	size_t size, elf_size;
	void *data = base_file(p->base, from, &size), *elf;

	if (!data)
		die("base %s: no %s inside, though modules.dep names it",
		    p->base->name, from);
	elf_size = size;
	elf = plain(mod, data, &elf_size);
	if (modinfo_each(elf, elf_size, "firmware", add_firmware, p))
		die("base %s: %s: not a kernel module", p->base->name, from);
	if (!m->decompress) {
		free(data);
		data = elf;
		size = elf_size;
	} else {
		free(elf);
	}
	p->modules_size += size;
	p->n_modules++;
	bundle_file(&p->bundle, to, 0444, data, size);
	free(to);
	free(from);
}

static void add_modules(struct pack *p)
{
	struct modules m;
	size_t size;
	char *table;

	modules_read(&m, p->base);
	drivers_select(&m, p->drivers);
	modules_order(&m);
	for (size_t k = 0; k < m.n_order; k++)
		add_module(p, &m, m.order[k]);
	table = table_text(&m, &size);
	bundle_file(&p->bundle, &MODTAB_PATH[1], 0444, table, size);
	modules_free(&m);
}

void pack_gather(struct pack *p)
{
	add_tree(p);
	add_rules(p);
	if (p->drivers)
		add_modules(p);
}

void pack_free(struct pack *p)
{
	for (unsigned int i = 0; i < p->n_missing; i++)
		free(p->missing[i]);
	free(p->missing);
	bundle_free(&p->bundle);
}

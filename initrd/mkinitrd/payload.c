// SPDX-License-Identifier: MIT
/*
 * payload.c - modules and the firmware they name, into an archive.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "modinfo.h"
#include "payload.h"
#include "press.h"
#include "table.h"

#define MODULE_MAX   (64u << 20)
#define FIRMWARE_MAX (64u << 20)

/* Where the firmware of a module goes. */
struct target {
	struct pack *p;
	struct bundle *a;
	struct tally *t;
};

static bool packed(const struct bundle *a, const char *path)
{
	for (size_t i = 0; i < a->n; i++)
		if (!strcmp(a->entries[i].path, path))
			return true;
	return false;
}

/* From the folder of extra drivers, or else from the base. */
static void *find_firmware(struct pack *p, const char *path, const char *name,
			   size_t *size)
{
	void *data = NULL;
	char *from;

	if (p->extra) {
		from = xasprintf("%s/firmware/%s", p->extra, name);
		data = outfile_slurp(from, FIRMWARE_MAX, size);
		if (!data && errno != ENOENT && errno != ENOTDIR)
			die("%s: cannot read:", from);
		free(from);
	}
	return data ? data : base_file(p->base, path, size);
}

static bool add_firmware_as(struct target *to, const char *name,
			    const char *end)
{
	char *file = xasprintf("%s%s", name, end);
	char *path = xasprintf("lib/firmware/%s", file);
	bool found = packed(to->a, path);
	size_t size;
	void *data;

	data = found ? NULL : find_firmware(to->p, path, file, &size);
	if (data) {
		bundle_file(to->a, path, 0444, data, size);
		to->t->n_firmware++;
		to->t->firmware_size += size;
	}
	free(path);
	free(file);
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

static void add_firmware(struct target *to, const char *name)
{
	/* some name a family: a pattern is for people, not for loading */
	if (to->p->firmware == FIRMWARE_NONE || strchr(name, '*') ||
	    strstr(name, ".."))
		return;
	if (add_firmware_as(to, name, "") || add_firmware_as(to, name, ".xz") ||
	    add_firmware_as(to, name, ".zst"))
		return;
	if (to->p->firmware == FIRMWARE_ALL)
		die("base %s: has no firmware %s, which a driver names; add its package or leave out --firmware all",
		    to->p->base->name, name);
	note_missing(to->p, name);
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

/* Called with each "firmware=" of a module. */
static void note_firmware(void *user, const char *name)
{
	struct module *mod = user;

	mod->firmware = xrealloc(mod->firmware, mod->n_firmware + 1,
				 sizeof(*mod->firmware));
	mod->firmware[mod->n_firmware++] = xstrdup(name);
}

static void *file_of(struct pack *p, const struct module *mod, size_t *size)
{
	char *from;
	void *data;

	if (mod->file) {
		data = outfile_slurp(mod->file, MODULE_MAX, size);
		if (!data)
			die("%s: cannot read:", mod->file);
		return data;
	}
	from = xasprintf("%s/%s", p->base->modules, mod->path);
	data = base_file(p->base, from, size);
	if (!data)
		die("base %s: no %s inside, though modules.dep names it",
		    p->base->name, from);
	free(from);
	return data;
}

/* The file as it is to be packed. */
static void read_module(struct pack *p, struct module *mod)
{
	size_t size, elf_size;
	void *data = file_of(p, mod, &size), *elf;

	elf_size = size;
	elf = plain(mod, data, &elf_size);
	if (modinfo_each(elf, elf_size, "firmware", note_firmware, mod))
		die("base %s: %s: not a kernel module", p->base->name,
		    mod->path);
	if (p->modules.decompress) {
		free(elf);
	} else {
		free(data);
		data = elf;
		size = elf_size;
	}
	mod->data = data;
	mod->size = size;
}

void payload_add(struct pack *p, struct bundle *a, struct tally *t, size_t i)
{
	struct module *mod = &p->modules.list[i];
	struct target to = {p, a, t};
	char *path = table_path(&p->modules, mod);
	void *copy;

	if (!mod->data)
		read_module(p, mod);
	copy = xmalloc(mod->size);
	memcpy(copy, mod->data, mod->size);
	bundle_file(a, path, 0444, copy, mod->size);
	t->n_modules++;
	t->modules_size += mod->size;
	for (size_t k = 0; k < mod->n_firmware; k++)
		add_firmware(&to, mod->firmware[k]);
	free(path);
}

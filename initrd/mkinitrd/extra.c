// SPDX-License-Identifier: MIT
/*
 * extra.c - drivers that no base has, out of a folder.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "extra.h"
#include "modinfo.h"
#include "press.h"

#define MODULE_MAX (64u << 20)

struct extra {
	struct modules *m;
	struct module *mod;
	bool right; /* of this kernel */
};

static void set_deps(void *user, const char *value)
{
	struct extra *x = user;

	free(x->mod->dep_text);
	x->mod->dep_text = xstrdup(value);
}

static void add_line(char **text, char *line)
{
	char *joined = xasprintf("%s%s", *text, line);

	free(*text);
	free(line);
	*text = joined;
}

static void add_alias(void *user, const char *value)
{
	struct extra *x = user;

	if (!strpbrk(value, " \n"))
		add_line(&x->m->alias,
			 xasprintf("alias %s %s\n", value, x->mod->name));
}

static void add_softdep(void *user, const char *value)
{
	struct extra *x = user;

	if (!strchr(value, '\n'))
		add_line(&x->m->softdep,
			 xasprintf("softdep %s %s\n", x->mod->name, value));
}

/* "6.1.0-56-amd64 SMP preempt mod_unload modversions" */
static void check_kernel(void *user, const char *value)
{
	struct extra *x = user;
	size_t n = strlen(x->m->release);

	x->right = !strncmp(value, x->m->release, n) &&
		   (value[n] == ' ' || !value[n]);
}

static int is_module(const struct dirent *d)
{
	const char *end = strstr(d->d_name, ".ko");

	return end && end != d->d_name &&
	       (!end[3] || !strcmp(end, ".ko.xz") || !strcmp(end, ".ko.zst"));
}

static char *elf_of(const char *file, size_t *size)
{
	char *data = outfile_slurp(file, MODULE_MAX, size), *elf;
	size_t len = strlen(file);

	if (!data)
		die("%s: cannot read:", file);
	if (!strcmp(file + len - 3, ".ko"))
		return data;
	elf = press_undo(file, data, *size, MODULE_MAX, size);
	free(data);
	return elf;
}

static void read_one(struct modules *m, const char *dir, const char *name)
{
	struct extra x = {.m = m};
	char *file = xasprintf("%s/%s", dir, name), *elf;
	size_t size;

	elf = elf_of(file, &size);
	x.mod = modules_add(m, xasprintf("extra/%s", name));
	x.mod->file = file;
	x.mod->chosen = true;
	if (modinfo_each(elf, size, "vermagic", check_kernel, &x))
		die("%s: not a kernel module", file);
	if (!x.right)
		die("%s: not for kernel %s", file, m->release);
	modinfo_each(elf, size, "depends", set_deps, &x);
	modinfo_each(elf, size, "alias", add_alias, &x);
	modinfo_each(elf, size, "softdep", add_softdep, &x);
	free(elf);
}

void extra_read(struct modules *m, const char *dir)
{
	struct dirent **list;
	int n = scandir(dir, &list, is_module, alphasort);

	if (n < 0)
		die("%s: cannot read:", dir);
	if (!n)
		die("%s: no .ko, .ko.xz or .ko.zst in it", dir);
	for (int i = 0; i < n; i++) {
		read_one(m, dir, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	modules_sort(m);
}

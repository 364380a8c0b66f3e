// SPDX-License-Identifier: MIT
/*
 * base.c - the base an initrd is packed for: its kernel and modules.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "base.h"

/* The one release below lib/modules; a second would be a guess. */
static int one_release(void *user, const char *name, mode_t mode)
{
	char **release = user;

	if (!S_ISDIR(mode))
		return 0;
	if (*release)
		return 1;
	*release = xstrdup(name);
	return 0;
}

static const char *release_of(struct base *b, const char *dir)
{
	const char *told = ini_get(&b->info, "base", "kernel");
	char *found = NULL;

	if (told && *told)
		return told;
	if (sqread_each(b->image, dir, one_release, &found))
		die("%s: more than one kernel and no [base] kernel to say which",
		    b->info.path);
	return found;
}

static void find_modules(struct base *b)
{
	char *dir = sqread_resolve(b->image, "lib/modules");

	b->release = dir ? release_of(b, dir) : NULL;
	if (!b->release)
		die("base %s: no kernel inside; add linux-image-amd64 to its packages",
		    b->name);
	if (!site_name_ok(b->release))
		die("base %s: '%s' is no kernel release", b->name, b->release);
	b->modules = xasprintf("%s/%s", dir, b->release);
	free(dir);
}

/* When base.info does not say: the date of the image's root. */
static uint64_t date_of(struct base *b)
{
	const char *told = ini_get(&b->info, "base", "created");
	struct sqread_stat st;
	uint64_t v;

	if (!told) {
		if (sqread_stat(b->image, "", &st))
			die("base %s: its root is unreadable", b->name);
		free(st.target);
		return st.mtime;
	}
	if (text_u64(text_span(told), &v))
		die("%s: created '%s' is not a date", b->info.path, told);
	return v;
}

void base_open(struct base *b, const struct site *s, const char *name)
{
	char *info = site_path(s, "build/bases/%s/base.info", name);
	char *path = site_path(s, "build/bases/%s/base.squashfs", name);
	const char *why = NULL;

	memset(b, 0, sizeof(*b));
	b->name = name;
	if (ini_read(&b->info, info))
		die("base %s: not built; run 'slipway base %s' first", name,
		    name);
	b->digest = ini_need(&b->info, "base", "digest");
	b->image = sqread_open(path, &why);
	if (!b->image)
		die("%s: %s:", path, why ? why : "cannot open");
	b->created = date_of(b);
	find_modules(b);
	free(path);
	free(info);
}

void base_close(struct base *b)
{
	sqread_close(b->image);
	ini_free(&b->info);
	free(b->modules);
}

void *base_file(struct base *b, const char *path, size_t *size)
{
	char *real = sqread_resolve(b->image, path);
	void *data;

	if (!real) {
		if (errno != ENOENT && errno != ENOTDIR)
			die("base %s: %s:", b->name, path);
		return NULL;
	}
	data = sqread_file(b->image, real, BASE_FILE_MAX, size);
	if (!data)
		die("base %s: %s:", b->name, real);
	free(real);
	return data;
}

void *base_kernel(struct base *b, size_t *size)
{
	const char *told = ini_get(&b->info, "base", "vmlinuz");
	char *path =
		told ? xstrdup(told) : xasprintf("boot/vmlinuz-%s", b->release);
	void *data = base_file(b, path, size);

	if (!data)
		die("base %s: no %s inside", b->name, path);
	free(path);
	return data;
}

// SPDX-License-Identifier: MIT
/*
 * verify_boots.c - the signatures of a publish tree's boot files.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/cms.h"
#include "host/alloc.h"
#include "host/outfile.h"
#include "verify_boots.h"

struct boots {
	const char *tree;
	const void *root;
	size_t root_size;
	verify_told told;
	void *user;
	/* archives of the folder that were looked at */
	size_t n_seen;
	struct seen {
		dev_t dev;
		ino_t file, sig;
	} * seen;
};

static void check_file(struct boots *b, const char *boot, const char *file)
{
	char *rel = xasprintf("boot/%s/%s", boot, file);
	char *path = xasprintf("%s/%s", b->tree, rel);
	char *sig = xasprintf("%s.sig", path), *der, *data;
	struct fetch_error e = {.code = CODE_NONE};
	size_t der_size, size;
	struct fault f = {0};

	der = outfile_slurp(sig, CMS_OVERHEAD_MAX, &der_size);
	data = outfile_slurp(path, (size_t)1 << 30, &size);
	if (!der || !data)
		fetch_fail(&e, CODE_SIG, "%s: file or signature missing", rel);
	else if (cms_verify_detached(der, der_size, b->root, b->root_size, data,
				     size, &f))
		fetch_fail(&e, CODE_SIG, "%s: %s", rel, f.why);
	b->told(b->user, rel, e.code ? &e : NULL);
	free(data);
	free(der);
	free(sig);
	free(path);
	free(rel);
}

/* Thousands of links lead to a hundred archives. */
static bool seen_before(struct boots *b, const char *dir, const char *name)
{
	char *file = xasprintf("%s/%s", dir, name);
	char *sig = xasprintf("%s.sig", file);
	struct stat st, sig_st;
	bool there = !stat(file, &st) && !stat(sig, &sig_st);

	free(sig);
	free(file);
	if (!there)
		return false;
	for (size_t i = 0; i < b->n_seen; i++)
		if (b->seen[i].dev == st.st_dev &&
		    b->seen[i].file == st.st_ino &&
		    b->seen[i].sig == sig_st.st_ino)
			return true;
	b->seen = xrealloc(b->seen, b->n_seen + 1, sizeof(*b->seen));
	b->seen[b->n_seen++] =
		(struct seen){st.st_dev, st.st_ino, sig_st.st_ino};
	return false;
}

static int is_image(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return dot && !strcmp(dot, ".img");
}

/* Names of drivers come behind those of NICs, which are digits. */
static int names_first(const struct dirent **a, const struct dirent **b)
{
	return -alphasort(a, b);
}

static void check_archives(struct boots *b, const char *boot)
{
	char *dir = xasprintf("%s/boot/%s/drv", b->tree, boot), *file;
	struct dirent **list;
	int i, n = scandir(dir, &list, is_image, names_first);

	b->n_seen = 0;
	for (i = 0; i < n; i++) {
		file = xasprintf("drv/%s", list[i]->d_name);
		if (!seen_before(b, dir, list[i]->d_name))
			check_file(b, boot, file);
		free(file);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	free(dir);
}

static void check_folder(struct boots *b, const char *boot)
{
	char *core = xasprintf("%s/boot/%s/core.img", b->tree, boot);

	check_file(b, boot, "vmlinuz");
	check_file(b, boot, "initrd.img");
	if (!access(core, F_OK)) {
		check_file(b, boot, "core.img");
		check_archives(b, boot);
	}
	free(core);
}

void verify_boots(const char *tree, const void *root, size_t root_size,
		  verify_told told, void *user)
{
	struct boots b = {.tree = tree,
			  .root = root,
			  .root_size = root_size,
			  .told = told,
			  .user = user};
	char *dir = xasprintf("%s/boot", tree);
	struct dirent *d;
	DIR *dp = opendir(dir);

	while (dp && (d = readdir(dp)))
		if (d->d_name[0] != '.')
			check_folder(&b, d->d_name);
	if (dp)
		closedir(dp);
	free(b.seen);
	free(dir);
}

// SPDX-License-Identifier: MIT
/*
 * sentinel.c - did the whole initrd arrive, and nothing but it? Kernels start
 * /init even out of a cut or padded archive. The archive's last member holds
 * the digest of the list of all files; each of them is hashed here, and a
 * regular file in our folders that the list does not name is refused. Driver
 * archives that were loaded beside it are held against their own lists, whose
 * digests it names.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "boot.h"
#include "file.h"
#include "format/filelist.h"
#include "walk.h"

/* The core's list, that of its archives, and theirs, one after the other. */
static char text[FILELIST_SIZE_MAX + 1];
static size_t used;
static bool has_archives;
static const char *const ours[] = {"slipway", "lib", "sbin"};

static int bad(struct boot *b, const char *path, const char *why)
{
	return fetch_fail(&b->error, CODE_INITRD, "%s: %s", path, why);
}

static int file_digest(const char *path, uint64_t size, uint8_t out[32])
{
	static uint8_t buf[64 << 10];
	struct digest_ctx d;
	uint64_t have = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	digest_init(&d);
	while ((n = file_get(fd, buf, sizeof(buf))) > 0 && have <= size) {
		digest_update(&d, buf, n);
		have += n;
	}
	close(fd);
	digest_final(&d, out);
	return n || have != size ? -ENODATA : 0;
}

static bool in_ours(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
		size_t n = strlen(ours[i]);

		if (!strncmp(path, ours[i], n) && path[n] == '/')
			return true;
	}
	return false;
}

static int check_item(struct boot *b, const struct filelist_item *it)
{
	uint8_t got[DIGEST_SIZE];
	char path[sizeof(it->path) + 1];
	struct stat st;
	int ret;

	snprintf(path, sizeof(path), "/%s", it->path);
	if (lstat(path, &st) || !S_ISREG(st.st_mode))
		return bad(b, path, "missing from this initrd");
	ret = file_digest(path, it->size, got);
	if (ret)
		return bad(b, path, "not of the listed size");
	if (!digest_equal(got, it->digest))
		return bad(b, path, "digest differs from the list");
	return 0;
}

static int count(void *user, int dir, const char *name, int type, bool left)
{
	if (type == DT_REG)
		(*(uint64_t *)user)++;
	return 0;
}

static int nothing_added(struct boot *b, uint64_t expected)
{
	uint64_t found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
		char path[16];
		int ret;

		snprintf(path, sizeof(path), "/%s", ours[i]);
		ret = walk_tree(path, count, &found);
		if (ret && ret != -ENOENT)
			return bad(b, path, strerror(-ret));
	}
	if (found == expected)
		return 0;
	return fetch_fail(&b->error, CODE_INITRD,
			  "initrd: files not in its list, or a driver archive "
			  "cut or of another release (expected %llu, got %llu)",
			  (unsigned long long)expected,
			  (unsigned long long)found);
}

/* The text of the list at @path, behind those read before. */
static int read_list(struct boot *b, const char *path, struct span *out)
{
	int n = file_read(path, text + used, sizeof(text) - used);

	if (n < 0)
		return bad(b, path, strerror(-n));
	*out = (struct span){text + used, n};
	used += n;
	return 0;
}

/* Was the line that ends before @rest in a list before the one at @start? */
static bool listed_before(const char *start, const char *line, struct span rest)
{
	return memmem(text, start - text, line, rest.p - line);
}

/* Each file of @list; those in our folders are added to *@listed, once. */
static int check_list(struct boot *b, const char *path, struct span list,
		      uint64_t *listed)
{
	static struct filelist_item it;
	struct fault f = {0};
	struct span items;
	const char *line;
	int ret = filelist_open(list, &items, &f);

	while (!ret) {
		line = items.p;
		ret = filelist_next(&items, &it, &f);
		if (ret <= 0)
			break;
		ret = check_item(b, &it);
		if (ret)
			return ret;
		has_archives |= !strcmp(it.path, &FILELIST_ARCHIVES[1]);
		*listed +=
			in_ours(it.path) && !listed_before(list.p, line, items);
	}
	return ret ? bad(b, path, f.why ? f.why : "not readable") : 0;
}

/* An archive that this core names, if it was loaded: its list, then by it. */
static int check_archive(struct boot *b, const struct filelist_item *it,
			 uint64_t *listed)
{
	struct span name = filelist_archive(it->path), list;
	char path[sizeof(it->path) + 1];
	int ret;

	snprintf(path, sizeof(path), "/%s", it->path);
	if (!name.n || access(path, F_OK))
		return 0;
	if (b->n_archives == BOOT_ARCHIVES_MAX)
		return bad(b, path, "one archive too many");
	text_copy(b->archives[b->n_archives++], sizeof(b->archives[0]), name);
	ret = check_item(b, it);
	if (!ret)
		ret = read_list(b, path, &list);
	++*listed;
	return ret ? ret : check_list(b, path, list, listed);
}

static int check_archives(struct boot *b, uint64_t *listed)
{
	static struct filelist_item it;
	struct span all, items;
	struct fault f = {0};
	int ret = read_list(b, FILELIST_ARCHIVES, &all);

	if (ret)
		return ret;
	ret = filelist_open(all, &items, &f);
	while (!ret && (ret = filelist_next(&items, &it, &f)) > 0) {
		ret = check_archive(b, &it, listed);
		if (ret)
			return ret;
	}
	return ret ? bad(b, FILELIST_ARCHIVES, f.why ? f.why : "not readable")
		   : 0;
}

/* The list that the sentinel proves. */
static int open_list(struct boot *b, struct span *list)
{
	uint8_t want[DIGEST_SIZE], got[DIGEST_SIZE];
	char seal[DIGEST_HEX + 3];
	struct span hex = {seal, DIGEST_HEX};
	int n = file_read(FILELIST_SENTINEL, seal, sizeof(seal));

	if (n == -ENOENT)
		return bad(b, "initrd",
			   "incomplete, its last member is "
			   "missing");
	if (n != DIGEST_HEX + 1 || seal[DIGEST_HEX] != '\n' ||
	    digest_unhex(hex, want))
		return bad(b, FILELIST_SENTINEL, "not a digest");
	n = read_list(b, FILELIST_PATH, list);
	if (n)
		return n;
	digest_of(list->p, list->n, got);
	if (!digest_equal(want, got))
		return bad(b, FILELIST_PATH,
			   "digest differs from the "
			   "sentinel's");
	return 0;
}

int sentinel_check(struct boot *b)
{
	/* the list and the sentinel cannot be in the list */
	uint64_t listed = 2;
	struct span list;
	int ret;

	digest_setup();
	ret = open_list(b, &list);
	if (!ret)
		ret = check_list(b, FILELIST_PATH, list, &listed);
	if (!ret && has_archives)
		ret = check_archives(b, &listed);
	if (!ret)
		ret = nothing_added(b, listed);
	if (!ret)
		b->trusted = true;
	return ret;
}

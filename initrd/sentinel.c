// SPDX-License-Identifier: MIT
/*
 * sentinel.c - did the whole initrd arrive, and nothing but it? Kernels start
 * /init even out of a cut or padded archive. The archive's last member holds
 * the digest of the list of all files; each of them is hashed here, and a
 * regular file in our folders that the list does not name is refused.
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

static char list[FILELIST_SIZE_MAX + 1];
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

static int nothing_added(struct boot *b, uint64_t listed)
{
	/* the list and the sentinel cannot be in the list */
	uint64_t found = 0, expected = listed + 2;

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
			  "initrd: files not in its list (expected %llu, "
			  "got %llu)",
			  (unsigned long long)expected,
			  (unsigned long long)found);
}

static int check_list(struct boot *b, struct span text)
{
	static struct filelist_item it;
	struct fault f = {0};
	struct span items;
	uint64_t listed = 0;
	int ret = filelist_open(text, &items, &f);

	while (!ret && (ret = filelist_next(&items, &it, &f)) > 0) {
		ret = check_item(b, &it);
		if (ret)
			return ret;
		listed += in_ours(it.path);
	}
	if (ret)
		return bad(b, FILELIST_PATH, f.why ? f.why : "not readable");
	return nothing_added(b, listed);
}

int sentinel_check(struct boot *b)
{
	uint8_t want[DIGEST_SIZE], got[DIGEST_SIZE];
	char text[DIGEST_HEX + 3];
	struct span hex = {text, DIGEST_HEX};
	int n;

	digest_setup();
	n = file_read(FILELIST_SENTINEL, text, sizeof(text));
	if (n == -ENOENT)
		return bad(b, "initrd",
			   "incomplete, its last member is "
			   "missing");
	if (n != DIGEST_HEX + 1 || text[DIGEST_HEX] != '\n' ||
	    digest_unhex(hex, want))
		return bad(b, FILELIST_SENTINEL, "not a digest");
	n = file_read(FILELIST_PATH, list, sizeof(list));
	if (n < 0)
		return bad(b, FILELIST_PATH, strerror(-n));
	digest_of(list, n, got);
	if (!digest_equal(want, got))
		return bad(b, FILELIST_PATH,
			   "digest differs from the "
			   "sentinel's");
	n = check_list(b, (struct span){list, n});
	if (!n)
		b->trusted = true;
	return n;
}

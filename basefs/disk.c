/* SPDX-License-Identifier: MIT */
/* disk.c - the file systems in a disk image. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/jsonfile.h"
#include "host/site.h"
#include "host/spawn.h"
#include "disk.h"
#include "ext.h"

#define PARTS_MAX  128
#define FSTAB_MAX  (256u << 10)
#define HEAD_SIZE  2048
#define EXT_MAGIC  1080
#define QCOW_MAGIC "QFI\xfb"

struct disk {
	const char *path; /* of the raw image */
	size_t n;
	struct ext *parts[PARTS_MAX]; /* those with a file system we read */
};

static bool head(const char *path, unsigned char buf[HEAD_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, buf, HEAD_SIZE, 0);

	if (fd >= 0)
		close(fd);
	return n == HEAD_SIZE;
}

bool disk_is(const char *path)
{
	unsigned char h[HEAD_SIZE];

	if (!head(path, h) || !memcmp(h + 257, "ustar", 5))
		return false;
	return !memcmp(h, QCOW_MAGIC, 4) ||
	       (h[510] == 0x55 && h[511] == 0xaa) ||
	       (h[EXT_MAGIC] == 0x53 && h[EXT_MAGIC + 1] == 0xef);
}

static bool zero(const unsigned char *p, size_t n)
{
	while (n--)
		if (p[n])
			return false;
	return true;
}

/* A qcow2 may name another file as what lies below it: any file. */
static char *raw(const char *path, const char *scratch)
{
	char *to = xasprintf("%s/disk.raw", scratch);
	const char *const argv[] = {"qemu-img", "convert", "-f", "qcow2", "-O",
				    "raw",	path,	   to,	 NULL};
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};
	unsigned char h[HEAD_SIZE];

	if (!head(path, h) || memcmp(h, QCOW_MAGIC, 4)) {
		free(to);
		return xstrdup(path);
	}
	if (!zero(h + 8, 8) || (h[7] >= 3 && h[79] & 4))
		die("%s: stands on another file; 'qemu-img convert' makes one of both",
		    path);
	spawn_need("qemu-img", "qemu-utils");
	if (spawn_run(&s))
		die("%s: qemu-img cannot read it", path);
	return to;
}

static void add_part(struct disk *d, uint64_t offset)
{
	unsigned char magic[2];
	int fd = open(d->path, O_RDONLY | O_CLOEXEC);
	bool is = fd >= 0 && pread(fd, magic, 2, offset + EXT_MAGIC) == 2 &&
		  magic[0] == 0x53 && magic[1] == 0xef;

	if (fd >= 0)
		close(fd);
	if (is && d->n < PARTS_MAX)
		d->parts[d->n++] = ext_open(d->path, offset);
}

static int64_t number(struct json_object *o, const char *key)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, key, &v))
		return -1;
	return json_object_get_int64(v);
}

static void add_parts(struct disk *d, struct json_object *table)
{
	struct json_object *list = jsonfile_list(table, "partitions");
	size_t n = list ? json_object_array_length(list) : 0;
	int64_t sector = number(table, "sectorsize"), start;

	for (size_t i = 0; i < n; i++) {
		start = number(json_object_array_get_idx(list, i), "start");
		if (start > 0 && start < INT64_MAX / 4096)
			add_part(d, start * (sector == 4096 ? 4096 : 512));
	}
}

static void partitions(struct disk *d, const char *scratch)
{
	char *out = xasprintf("%s/partitions.json", scratch);
	const char *const argv[] = {"sfdisk", "--json", d->path, NULL};
	struct spawn s = {.argv = argv, .in = -1, .err = -1};
	struct json_object *all;

	spawn_need("sfdisk", "fdisk");
	s.out = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (s.out < 0)
		die("%s:", out);
	if (spawn_run(&s))
		die("%s: sfdisk cannot read its partitions", d->path);
	close(s.out);
	all = jsonfile_need(out, NULL);
	add_parts(d, jsonfile_at(all, "partitiontable"));
	json_object_put(all);
	unlink(out);
	free(out);
}

static struct ext *root_of(const struct disk *d)
{
	struct ext *root = NULL;

	for (size_t i = 0; i < d->n; i++) {
		if (!ext_has(d->parts[i], "/etc") ||
		    !ext_has(d->parts[i], "/usr"))
			continue;
		if (root)
			die("%s: two file systems that could be the root; copy one out as a file",
			    d->path);
		root = d->parts[i];
	}
	if (!root)
		die("%s: no ext4 file system with /etc and /usr in it",
		    d->path);
	return root;
}

/* "LABEL=BOOT /boot ext4 ..." */
static struct ext *by_fstab(const struct disk *d, char *line)
{
	char **w = words(line);
	struct ext *found = NULL;

	if (w[0] && w[1] && *w[0] != '#' && !strcmp(w[1], "/boot"))
		for (size_t i = 0; i < d->n; i++)
			if (ext_is(d->parts[i], w[0]))
				found = d->parts[i];
	free(w);
	return found;
}

static struct ext *boot_of(const struct disk *d, struct ext *root)
{
	char *fstab = ext_text(root, "/etc/fstab", FSTAB_MAX), *at = fstab;
	struct ext *boot = NULL;
	char *line;

	while (at && !boot && (line = strsep(&at, "\n")))
		boot = by_fstab(d, line);
	free(fstab);
	return boot == root ? NULL : boot;
}

void disk_feed(struct image *im, const char *path, const char *scratch)
{
	struct disk d = {.path = raw(path, scratch)};
	struct ext *root, *boot;

	add_part(&d, 0);
	if (!d.n)
		partitions(&d, scratch);
	root = root_of(&d);
	boot = boot_of(&d, root);
	ext_feed(root, im, "");
	if (boot)
		ext_feed(boot, im, "boot");
	for (size_t i = 0; i < d.n; i++)
		ext_close(d.parts[i]);
	free((char *)d.path);
}

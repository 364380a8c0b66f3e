// SPDX-License-Identifier: MIT
/* print.c - entries as people and programs read them. */
#include <endian.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "host/alloc.h"
#include "print.h"

#define PATH_PRINTED (3 * 4096 + 1)

const char *print_path(const char *path)
{
	static const char hex[] = "0123456789ABCDEF";
	static char out[PATH_PRINTED];
	size_t n = 0;

	for (; *path && n + 4 < sizeof(out); path++) {
		unsigned char c = *path;

		if (c >= 0x20 && c < 0x7f && c != '%') {
			out[n++] = c;
			continue;
		}
		out[n++] = '%';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	out[n] = '\0';
	return n ? out : ".";
}

static char type_letter(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return 'd';
	case S_IFLNK:
		return 'l';
	case S_IFCHR:
		return 'c';
	case S_IFBLK:
		return 'b';
	case S_IFIFO:
		return 'p';
	case S_IFSOCK:
		return 's';
	default:
		return '-';
	}
}

/* "-rwxr-xr-x" as ls has it. */
static void put_mode(const struct look_entry *e, char out[11])
{
	static const char bits[] = "rwxrwxrwx";
	int i;

	out[0] = type_letter(e->mode);
	for (i = 0; i < 9; i++)
		out[1 + i] = e->mode & (0400 >> i) ? bits[i] : '-';
	if (e->mode & S_ISUID)
		out[3] = out[3] == 'x' ? 's' : 'S';
	if (e->mode & S_ISGID)
		out[6] = out[6] == 'x' ? 's' : 'S';
	if (e->mode & S_ISVTX)
		out[9] = out[9] == 'x' ? 't' : 'T';
	out[10] = '\0';
}

/* linux/capability.h: struct vfs_cap_data, little endian. */
const char *print_caps(const struct look_entry *e)
{
	static char out[40];
	uint32_t magic, low, high = 0;
	size_t i;

	for (i = 0; i < e->n_xattrs; i++)
		if (!strcmp(e->xattrs[i].name, "security.capability"))
			break;
	if (i == e->n_xattrs || e->xattrs[i].size < XATTR_CAPS_SZ_1)
		return NULL;
	memcpy(&magic, e->xattrs[i].value, 4);
	memcpy(&low, e->xattrs[i].value + 4, 4);
	if (e->xattrs[i].size >= XATTR_CAPS_SZ_2)
		memcpy(&high, e->xattrs[i].value + 12, 4);
	magic = le32toh(magic);
	snprintf(out, sizeof(out), "%llx=%s",
		 (unsigned long long)le32toh(high) << 32 | le32toh(low),
		 magic & VFS_CAP_FLAGS_EFFECTIVE ? "ep" : "p");
	return out;
}

static void put_size(const struct look_entry *e)
{
	if (S_ISCHR(e->mode) || S_ISBLK(e->mode))
		printf(" %5u,%6u", e->major, e->minor);
	else
		printf(" %12llu", (unsigned long long)e->size);
}

void print_line(const struct look *l, const struct look_entry *e)
{
	const char *caps = print_caps(e);
	char mode[11], date[24];
	time_t t = e->mtime;
	struct tm tm;

	if (e->deleted) {
		printf("deleted %50s %s\n", "", print_path(e->path));
		return;
	}
	put_mode(e, mode);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", gmtime_r(&t, &tm));
	printf("%s %5u %5u", mode, e->uid, e->gid);
	put_size(e);
	printf(" %s %s", date, print_path(e->path));
	if (e->target)
		printf(" -> %s", print_path(e->target));
	if (e->opaque)
		printf(" [opaque]");
	if (caps)
		printf(" [cap %s]", caps);
	if (l->n_layers > 1)
		printf(" [%s]", l->layers[e->layer].name);
	putchar('\n');
}

static void put(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

static void put_number(struct json_object *o, const char *key, uint64_t v)
{
	json_object_object_add(o, key, json_object_new_int64((int64_t)v));
}

static void put_xattrs(struct json_object *o, const struct look_entry *e)
{
	struct json_object *all = json_object_new_object();
	size_t i, k;
	char *hex;

	for (i = 0; i < e->n_xattrs; i++) {
		hex = xcalloc(2 * e->xattrs[i].size + 1, 1);
		for (k = 0; k < e->xattrs[i].size; k++)
			sprintf(hex + 2 * k, "%02x", e->xattrs[i].value[k]);
		put(all, print_path(e->xattrs[i].name), hex);
		free(hex);
	}
	json_object_object_add(o, "xattrs", all);
}

static void put_facts(struct json_object *o, const struct look_entry *e)
{
	char mode[8], hex[DIGEST_HEX + 1], letter[2] = "";

	snprintf(mode, sizeof(mode), "%04o", e->mode & 07777);
	letter[0] = type_letter(e->mode);
	put(o, "type", letter);
	put(o, "mode", mode);
	put_number(o, "uid", e->uid);
	put_number(o, "gid", e->gid);
	put_number(o, "mtime", e->mtime);
	if (S_ISREG(e->mode))
		put_number(o, "size", e->size);
	if (S_ISREG(e->mode) && e->nlink > 1)
		put_number(o, "links", e->nlink);
	if (e->hashed) {
		digest_hex(e->digest, hex);
		put(o, "sha256", hex);
	}
	if (S_ISCHR(e->mode) || S_ISBLK(e->mode)) {
		put_number(o, "major", e->major);
		put_number(o, "minor", e->minor);
	}
	if (e->target)
		put(o, "target", print_path(e->target));
	if (e->opaque)
		json_object_object_add(o, "opaque",
				       json_object_new_boolean(true));
	if (e->n_xattrs)
		put_xattrs(o, e);
}

struct json_object *print_json(const struct look *l, const struct look_entry *e)
{
	struct json_object *o = json_object_new_object();

	put(o, "path", print_path(e->path));
	put(o, "layer", l->layers[e->layer].name);
	if (e->deleted)
		put(o, "type", "deleted");
	else
		put_facts(o, e);
	return o;
}

const char *print_size(uint64_t bytes)
{
	static char out[4][24];
	static unsigned int at;
	char *to = out[at++ % 4];

	if (bytes < 10000)
		snprintf(to, sizeof(*out), "%llu B", (unsigned long long)bytes);
	else if (bytes < 1000000)
		snprintf(to, sizeof(*out), "%.1f kB", bytes / 1e3);
	else
		snprintf(to, sizeof(*out), "%.1f MB", bytes / 1e6);
	return to;
}

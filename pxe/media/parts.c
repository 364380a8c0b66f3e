// SPDX-License-Identifier: MIT
/* parts.c - a partition table through libfdisk. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <libfdisk/libfdisk.h>

#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "parts.h"

#define MIB	   (1ull << 20)
#define BIOS_MIB   8
#define ESP_MIB	   300 /* FAT32 with clusters of 4096 bytes needs 256 */
#define LAYOUT_MAX (64u << 10)
#define TYPE_BIOS  "21686148-6449-6E6F-744E-656564454649"
#define TYPE_ESP   "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"

void parts_uuid(const uint8_t seed[DIGEST_SIZE], const char *name,
		char out[PARTS_UUID])
{
	uint8_t d[DIGEST_SIZE];
	struct digest_ctx ctx;
	char *at = out;
	unsigned int i;

	digest_init(&ctx);
	digest_update(&ctx, seed, DIGEST_SIZE);
	digest_update(&ctx, name, strlen(name));
	digest_final(&ctx, d);
	d[6] = (d[6] & 0x0f) | 0x80;
	d[8] = (d[8] & 0x3f) | 0x80;
	for (i = 0; i < 16; i++)
		at += sprintf(at, "%s%02x",
			      i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			      d[i]);
}

static char *default_text(const struct parts_plan *plan, uint64_t size)
{
	uint64_t rest = size / MIB - BIOS_MIB - ESP_MIB - 2;
	uint64_t boot = rest * (100 - plan->persistent) / 100;
	char u[6][PARTS_UUID], *text, *last;
	const char *const names[] = {"disk", "BIOS",	   "ESP",
				     "BOOT", "PERSISTENT", NULL};
	unsigned int i;

	for (i = 0; names[i]; i++)
		parts_uuid(plan->seed, names[i], u[i]);
	last = plan->persistent
		       ? xasprintf("type=L, name=PERSISTENT, uuid=%s\n", u[4])
		       : xstrdup("");
	text = xasprintf("label: gpt\nlabel-id: %s\n"
			 "start=1MiB, size=%uMiB, type=" TYPE_BIOS
			 ", name=BIOS, uuid=%s\n"
			 "size=%uMiB, type=U, name=ESP, uuid=%s\n"
			 "size=%lluMiB, type=L, name=BOOT, uuid=%s\n%s",
			 u[0], BIOS_MIB, u[1], ESP_MIB, u[2],
			 (unsigned long long)boot, u[3], last);
	free(last);
	return text;
}

/* "size=NN%" of @line becomes MiB of @size; NULL when there is none. */
static char *share(const char *path, const char *line, size_t n, uint64_t size)
{
	const char *key = memmem(line, n, "size=", 5), *at;
	uint64_t v = 0;

	if (!key)
		return NULL;
	for (at = key + 5; at < line + n && *at >= '0' && *at <= '9'; at++)
		v = v > 100 ? v : v * 10 + (*at - '0');
	if (at == line + n || *at != '%')
		return NULL;
	if (!v || v > 100)
		die("%s: %.*s: not a percentage", path, (int)n, line);
	return xasprintf("%.*ssize=%lluMiB%.*s", (int)(key - line), line,
			 (unsigned long long)(size / MIB * v / 100),
			 (int)(line + n - at - 1), at + 1);
}

static char *read_layout(const char *path, uint64_t size)
{
	char *text = outfile_slurp(path, LAYOUT_MAX, NULL), *all, *next, *one;
	const char *at;
	size_t n;

	if (!text)
		die("%s:", path);
	all = xstrdup("");
	for (at = text; *at; at += n + (at[n] == '\n')) {
		n = strcspn(at, "\n");
		one = share(path, at, n, size);
		next = one ? xasprintf("%s%s\n", all, one)
			   : xasprintf("%s%.*s\n", all, (int)n, at);
		free(one);
		free(all);
		all = next;
	}
	free(text);
	return all;
}

char *parts_text(const struct parts_plan *plan, uint64_t size,
		 unsigned int sector)
{
	if (size < PARTS_MIN)
		die("disk of %llu bytes: too small (expected %llu)",
		    (unsigned long long)size, PARTS_MIN);
	if (sector != 512 && sector != 4096)
		die("sectors of %u bytes: there are disks of 512 and 4096",
		    sector);
	return plan->layout ? read_layout(plan->layout, size)
			    : default_text(plan, size);
}

static void note(struct parts *p, struct fdisk_partition *pa)
{
	const char *type =
		fdisk_parttype_get_string(fdisk_partition_get_type(pa));
	const char *name = fdisk_partition_get_name(pa);
	enum parts_role r = PARTS_N;

	if (type && !strcasecmp(type, TYPE_BIOS))
		r = PARTS_BIOS;
	else if (type && !strcasecmp(type, TYPE_ESP))
		r = PARTS_ESP;
	else if (name && !strcmp(name, "BOOT"))
		r = PARTS_BOOT;
	else if (name && !strcmp(name, "PERSISTENT"))
		r = PARTS_PERSISTENT;
	if (r == PARTS_N || p->p[r].number)
		return;
	p->p[r] = (struct parts_one){
		.number = fdisk_partition_get_partno(pa) + 1,
		.start = fdisk_partition_get_start(pa) * p->sector,
		.size = fdisk_partition_get_size(pa) * p->sector,
	};
}

static void read_back(struct fdisk_context *cxt, struct parts *p)
{
	struct fdisk_table *table = NULL;
	struct fdisk_partition *pa;
	size_t i;

	if (fdisk_get_partitions(cxt, &table))
		die("partition table: cannot be read back");
	for (i = 0; i < fdisk_table_get_nents(table); i++) {
		pa = fdisk_table_get_partition(table, i);
		if (fdisk_partition_has_start(pa) &&
		    fdisk_partition_has_size(pa))
			note(p, pa);
	}
	fdisk_unref_table(table);
	if (!p->p[PARTS_BOOT].number)
		die("layout: no partition with name=BOOT");
	if (!p->p[PARTS_ESP].number && !p->p[PARTS_BIOS].number)
		die("layout: neither an ESP (type=U) nor a BIOS boot partition (type=" TYPE_BIOS
		    ")");
}

/* Holes where there can be some, so that images stay sparse. */
static void wipe(int fd, const char *path, uint64_t at, uint64_t size)
{
	static const char zeros[1 << 16];
	uint64_t n;

	if (!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at,
		       size))
		return;
	while (size) {
		n = size < sizeof(zeros) ? size : sizeof(zeros);
		if (pwrite(fd, zeros, n, at) != (ssize_t)n)
			die("%s: write at %llu:", path, (unsigned long long)at);
		at += n;
		size -= n;
	}
}

/* No old file system may show through a new partition. */
static void wipe_ends(const char *path, const struct parts *p)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	unsigned int i;

	if (fd < 0)
		die("%s:", path);
	for (i = 0; i < PARTS_N; i++) {
		const struct parts_one *one = &p->p[i];
		uint64_t n = one->size < MIB ? one->size : MIB;

		if (!one->number)
			continue;
		wipe(fd, path, one->start, n);
		wipe(fd, path, one->start + one->size - n, n);
	}
	if (fsync(fd) || close(fd))
		die("%s:", path);
}

static struct fdisk_context *open_disk(const char *path, unsigned int sector,
				       bool readonly)
{
	struct fdisk_context *cxt = fdisk_new_context();
	int err;

	if (!cxt)
		die("memory:");
	fdisk_disable_dialogs(cxt, 1);
	fdisk_save_user_sector_size(cxt, 0, sector);
	err = fdisk_assign_device(cxt, path, readonly);
	if (err) {
		errno = -err;
		die("%s: cannot be partitioned:", path);
	}
	return cxt;
}

static void apply(struct fdisk_context *cxt, const char *path, const char *text)
{
	FILE *f = fmemopen((char *)text, strlen(text), "r");
	struct fdisk_script *script = fdisk_new_script(cxt);
	int err;

	if (!f || !script)
		die("memory:");
	err = fdisk_script_read_file(script, f);
	if (err < 0)
		die("layout: line %d is not sfdisk's language",
		    fdisk_script_get_nlines(script));
	err = fdisk_apply_script(cxt, script);
	if (err)
		die("%s: the layout does not fit a disk of %llu sectors: %s",
		    path, (unsigned long long)fdisk_get_nsectors(cxt),
		    strerror(err < 0 ? -err : err));
	fdisk_unref_script(script);
	fclose(f);
}

static struct fdisk_context *plan(const char *path, unsigned int sector,
				  const char *text, struct parts *p,
				  bool readonly)
{
	struct fdisk_context *cxt = open_disk(path, sector, readonly);

	memset(p, 0, sizeof(*p));
	p->sector = sector;
	fdisk_enable_wipe(cxt, !readonly);
	fdisk_enable_bootbits_protection(cxt, 1);
	apply(cxt, path, text);
	read_back(cxt, p);
	return cxt;
}

void parts_look(const char *path, unsigned int sector, const char *text,
		struct parts *p)
{
	struct fdisk_context *cxt = plan(path, sector, text, p, true);

	fdisk_deassign_device(cxt, 1);
	fdisk_unref_context(cxt);
}

void parts_write(const char *path, unsigned int sector, const char *text,
		 struct parts *p)
{
	struct fdisk_context *cxt = plan(path, sector, text, p, false);
	int err = fdisk_write_disklabel(cxt);

	if (err) {
		errno = -err;
		die("%s: partition table:", path);
	}
	fdisk_reread_partition_table(cxt);
	fdisk_deassign_device(cxt, 0);
	fdisk_unref_context(cxt);
	wipe_ends(path, p);
}

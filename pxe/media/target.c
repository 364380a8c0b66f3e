// SPDX-License-Identifier: MIT
/* target.c - the order in which a disk is written. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#include "esp.h"
#include "ext4.h"
#include "grubdisk.h"
#include "host/alloc.h"
#include "host/error.h"
#include "scratch.h"
#include "target.h"

#define STEPS	  5
#define SLACK	  (48ull << 20) /* what ext4 takes for itself, and a menu */
#define BIOS_ONLY 512

static void step(const struct target *t, unsigned int i, const char *what)
{
	if (t->step)
		t->step(t->user, what, i, STEPS);
}

/* On the disk, and out of this machine's memory of it. */
static void settle(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		die("%s:", path);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	ioctl(fd, BLKFLSBUF, 0); /* images have none to flush */
	close(fd);
}

static struct ext4 fs_of(const struct target *t, const struct parts *p,
			 enum parts_role role, const char *label,
			 char uuid[PARTS_UUID], char hash[PARTS_UUID])
{
	char *name = xasprintf("%s fs", label), *seed;

	seed = xasprintf("%s hash", label);
	parts_uuid(t->plan->seed, name, uuid);
	parts_uuid(t->plan->seed, seed, hash);
	free(seed);
	free(name);
	return (struct ext4){
		.path = t->path,
		.offset = p->p[role].start,
		.size = p->p[role].size,
		.label = label,
		.uuid = uuid,
		.hash_seed = hash,
		.time = t->load->time,
	};
}

/* The folder of file @i, unless that of one before it is the same. */
static void make_folder(struct ext4 *fs, const struct load *l, unsigned int i)
{
	const char *to = l->files[i].to, *other;
	size_t n = strrchr(to, '/') + 1 - to;
	unsigned int k;
	char *dir;

	for (k = 0; k < i; k++) {
		other = l->files[k].to;
		if (!strncmp(other, to, n) && !strchr(other + n, '/'))
			return;
	}
	dir = xasprintf("%.*s", (int)n - 1, to);
	ext4_dir(fs, dir);
	free(dir);
}

static void write_boot(const struct target *t, const struct parts *p,
		       char uuid[PARTS_UUID])
{
	const struct load *l = t->load;
	char hash[PARTS_UUID], *scratch[LOAD_TEXTS];
	struct ext4 fs = fs_of(t, p, PARTS_BOOT, LOAD_LABEL, uuid, hash);
	struct load_text texts[LOAD_TEXTS];
	unsigned int i, n;

	step(t, 2, "the release onto BOOT");
	n = load_texts(l, t->menu, texts);
	ext4_make(&fs);
	ext4_dir(&fs, LOAD_HOME);
	ext4_dir(&fs, LOAD_RELEASES);
	for (i = 0; i < l->n; i++) {
		make_folder(&fs, l, i);
		ext4_file(&fs, l->files[i].from, l->files[i].to);
	}
	for (i = 0; i < n; i++) {
		scratch[i] = scratch_file(texts[i].text, texts[i].size);
		ext4_file(&fs, scratch[i], texts[i].to);
	}
	ext4_write(&fs);
	step(t, 3, "reading it back");
	settle(t->path);
	for (i = 0; i < l->n; i++)
		ext4_check(&fs, l->files[i].to, l->files[i].hex);
	for (i = 0; i < n; i++)
		scratch_drop(scratch[i]);
	load_texts_free(texts, n);
}

static void write_persistent(const struct target *t, const struct parts *p)
{
	char uuid[PARTS_UUID], hash[PARTS_UUID];
	struct ext4 fs =
		fs_of(t, p, PARTS_PERSISTENT, "PERSISTENT", uuid, hash);

	if (!p->p[PARTS_PERSISTENT].number)
		return;
	step(t, 4, "PERSISTENT");
	ext4_make(&fs);
}

static void write_grub(const struct target *t, const struct parts *p,
		       const char *uuid)
{
	const struct parts_one *esp = &p->p[PARTS_ESP];
	char *core = scratch_file("", 0), id[PARTS_UUID];

	step(t, 5, "GRUB");
	if (esp->number) {
		parts_uuid(t->plan->seed, "ESP fs", id);
		grubdisk_core("x86_64-efi", uuid, core);
		esp_make(t->path, esp->start, esp->size, p->sector, id);
		esp_put(t->path, esp->start, core, ESP_REMOVABLE,
			t->load->time);
	}
	settle(t->path);
	/* from here on it may be what somebody wants to keep */
	if (p->p[PARTS_BIOS].number && p->sector == BIOS_ONLY) {
		grubdisk_core("i386-pc", uuid, core);
		grubdisk_bios(t->path, p, core);
	} else {
		grubdisk_none(t->path);
	}
	if (esp->number)
		esp_show(t->path, esp->start, ESP_REMOVABLE, t->load->time);
	scratch_drop(core);
	settle(t->path);
}

static void check_room(const struct target *t, const struct parts *p)
{
	uint64_t room = p->p[PARTS_BOOT].size;

	if (t->load->size + SLACK > room)
		die("%s: BOOT of %llu MB: too small for a release of %llu MB",
		    t->path, (unsigned long long)room / 1000000,
		    (unsigned long long)t->load->size / 1000000);
}

void target_check(const struct target *t)
{
	char *text = parts_text(t->plan, t->size, t->sector);
	struct load_text texts[LOAD_TEXTS];
	struct parts p;

	parts_look(t->path, t->sector, text, &p);
	check_room(t, &p);
	free(text);
	load_texts_free(texts, load_texts(t->load, t->menu, texts));
}

void target_write(const struct target *t, struct parts *p)
{
	char uuid[PARTS_UUID], *text;

	step(t, 1, "partition table");
	text = parts_text(t->plan, t->size, t->sector);
	parts_write(t->path, t->sector, text, p);
	free(text);
	write_boot(t, p, uuid);
	write_persistent(t, p);
	write_grub(t, p, uuid);
}

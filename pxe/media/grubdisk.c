// SPDX-License-Identifier: MIT
/*
 * grubdisk.c - grub-mkimage, and what grub-bios-setup does to a disk
 * (grub-core/boot/i386/pc/boot.S, diskboot.S; include/grub/i386/pc/boot.h).
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grubdisk.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "load.h"
#include "scratch.h"

#define GRUB_DIR     "/usr/lib/grub"
#define SECTOR	     512
#define KERNEL_AT    0x5c  /* of boot.img: where its core begins, le64 */
#define DRIVE_CHECK  0x66  /* of boot.img: a jump, for floppies' sake */
#define TABLE_AT     0x1b8 /* of the sector: disk id and MBR table */
#define BLOCKLIST_AT 500   /* of core.img: where its second sector is, le64 */
#define CORE_MAX     (4u << 20)

static const char *const common[] = {
	"normal", "configfile", "part_gpt",	  "part_msdos",	  "ext2",
	"fat",	  "search",	"search_fs_uuid", "search_label", "linux",
	"echo",	  "test",	"loadenv",	  "serial",	  "terminal",
	"sleep",  "reboot",	"halt",		  "ls",		  "cat",
	"true",	  "minicmd",	"all_video",	  "regexp",	  NULL};
static const char *const bios[] = {"biosdisk", NULL};
static const char *const efi[] = {"efi_gop", "efi_uga", NULL};

static char *early_config(const char *uuid)
{
	char *text = xasprintf("search.fs_uuid %s root\n"
			       "set prefix=($root)" LOAD_HOME "\n",
			       uuid);
	char *path = scratch_file(text, strlen(text));

	free(text);
	return path;
}

void grubdisk_core(const char *format, const char *uuid, const char *out)
{
	char *config = early_config(uuid);
	const char *argv[64] = {"grub-mkimage", "-O",	   format, "-o",  out,
				"-p",		LOAD_HOME, "-c",   config};
	const char *const *own = strcmp(format, "i386-pc") ? efi : bios;
	size_t n = 9, i;
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};

	for (i = 0; common[i]; i++)
		argv[n++] = common[i];
	for (i = 0; own[i]; i++)
		argv[n++] = own[i];
	spawn_need("grub-mkimage", "grub-common");
	if (spawn_run(&s))
		die("grub-mkimage -O %s: failed (Debian packages grub-pc-bin, grub-efi-amd64-bin)",
		    format);
	scratch_drop(config);
}

static void put(int fd, const char *path, const void *p, size_t size,
		uint64_t at)
{
	if (pwrite(fd, p, size, at) != (ssize_t)size || fsync(fd))
		die("%s: write at %llu:", path, (unsigned long long)at);
}

/* The boot sector: GRUB's code around the table that is there. */
static void boot_sector(int fd, const char *path, uint64_t core)
{
	static const char from[] = GRUB_DIR "/i386-pc/boot.img";
	uint8_t there[SECTOR];
	uint64_t le = htole64(core);
	size_t size;
	char *boot = outfile_slurp(from, SECTOR, &size);

	if (!boot || size != SECTOR)
		die("%s: not there (Debian package grub-pc-bin)", from);
	if (pread(fd, there, SECTOR, 0) != SECTOR)
		die("%s: read:", path);
	memcpy(boot + KERNEL_AT, &le, sizeof(le));
	memcpy(boot + DRIVE_CHECK, "\x90\x90", 2);
	memcpy(boot + TABLE_AT, there + TABLE_AT, SECTOR - TABLE_AT);
	put(fd, path, boot, SECTOR, 0);
	free(boot);
}

void grubdisk_bios(const char *path, const struct parts *p, const char *file)
{
	const struct parts_one *one = &p->p[PARTS_BIOS];
	uint64_t first = one->start / SECTOR, le = htole64(first + 1);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	size_t size;
	char *core = outfile_slurp(file, CORE_MAX, &size);

	if (fd < 0 || !core)
		die("%s:", fd < 0 ? path : file);
	if (size <= SECTOR || size > one->size)
		die("%s: GRUB's core of %zu bytes does not fit the BIOS boot partition of %llu",
		    path, size, (unsigned long long)one->size);
	memcpy(core + BLOCKLIST_AT, &le, sizeof(le));
	put(fd, path, core, size, one->start);
	boot_sector(fd, path, first);
	close(fd);
	free(core);
}

void grubdisk_none(const char *path)
{
	static const char zeros[TABLE_AT];
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("%s:", path);
	put(fd, path, zeros, sizeof(zeros), 0);
	close(fd);
}

// SPDX-License-Identifier: MIT
/*
 * loader.c - GRUB as what firmware starts: one file each, all modules inside,
 * which looks for the medium by its label and reads the menu there.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "media.h"
#include "tool.h"

#define MODULES_MAX 64
#define KIB	    1024
#define SLACK	    (96 * KIB) /* tables and folders of the FAT image */

static const char *const modules[] = {
	"normal",    "configfile",   "iso9660",
	"fat",	     "part_gpt",     "part_msdos",
	"search",    "search_label", "search_fs_file",
	"linux",     "chain",	     "loadenv",
	"test",	     "echo",	     "terminal",
	"serial",    "minicmd",	     "halt",
	"reboot",    "sleep",	     "ls",
	"cat",	     "loopback",     "probe",
	"all_video", "keystatus",    "true",
	NULL};

static const char *const bios[] = {"biosdisk", "linux16", "drivemap", NULL};
static const char *const efi[] = {"efifwsetup", "efi_gop", "efi_uga", NULL};

/* What it does before it has a menu, and without one where that lacks. */
static char *put_early(const char *label, const char *dir)
{
	char *path = xasprintf("%s/early.cfg", dir);
	char *text = xasprintf("search --no-floppy --set=root --label %s\n"
			       "set prefix=($root)/boot/grub\n",
			       label);

	outfile_put(path, 0644, text, strlen(text));
	free(text);
	return path;
}

static void mkimage(const char *format, const char *early, const char *to,
		    const char *const *more)
{
	const char *argv[MODULES_MAX] = {"grub-mkimage", "-O", format,
					 "-o",		 to,   "-c",
					 early,		 "-p", "/boot/grub"};
	size_t n = 9, i;

	for (i = 0; modules[i]; i++)
		argv[n++] = modules[i];
	for (i = 0; more[i]; i++)
		argv[n++] = more[i];
	tool_run(argv);
}

void loader_bios(const char *label, const char *dir, const char *to)
{
	char *early = put_early(label, dir);

	mkimage("i386-pc-eltorito", early, to, bios);
	free(early);
}

/* FAT, as firmware demands, with nothing in it but the loader. */
static void make_fat(const char *label, const char *loader, const char *to)
{
	struct stat st;
	char *kib;

	if (stat(loader, &st))
		die("%s:", loader);
	/* whole tracks of 32 sectors, or mtools refuses */
	kib = xasprintf("%llu", (unsigned long long)(st.st_size + SLACK) /
						(32 * KIB) * 32 +
					32);
	/* the number that ends the label: eight hex digits */
	tool_run((const char *const[]){
		"mkfs.vfat", "--invariant", "-n", "SLIPWAY_EFI", "-i",
		label + strlen(label) - 8, "-C", to, kib, NULL});
	tool_run((const char *const[]){"mmd", "-i", to, "::/EFI", "::/EFI/BOOT",
				       NULL});
	tool_run((const char *const[]){"mcopy", "-i", to, loader,
				       "::/EFI/BOOT/BOOTX64.EFI", NULL});
	free(kib);
}

void loader_efi(const char *label, const char *dir, const char *to)
{
	char *early = put_early(label, dir);
	char *loader = xasprintf("%s/bootx64.efi", dir);

	mkimage("x86_64-efi", early, loader, efi);
	make_fat(label, loader, to);
	free(loader);
	free(early);
}

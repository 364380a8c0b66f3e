// SPDX-License-Identifier: MIT
/*
 * image.c - the hybrid image: an ISO 9660 file system with the publish tree,
 * which BIOS and UEFI start from a CD and from a stick. The same inputs make
 * the same bytes.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "custom.h"
#include "grafts.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/ipxe.h"
#include "host/outfile.h"
#include "host/anchors.h"
#include "host/spawn.h"
#include "media.h"
#include "signatures.h"
#include "tool.h"

#define MBR "/usr/lib/grub/i386-pc/boot_hybrid.img"
#define EFI "/usr/lib/grub/x86_64-efi/moddep.lst"

/* For a GRUB that opened the image as a file: the menu asks $iso_path. */
static const char loopback[] = "source /boot/grub/grub.cfg\n";

void image_need(void)
{
	spawn_need("xorriso", "xorriso");
	spawn_need("grub-mkimage", "grub-common");
	spawn_need("mkfs.vfat", "dosfstools");
	spawn_need("mcopy", "mtools");
	if (access(MBR, R_OK))
		die("%s: not installed; apt-get install grub-pc-bin", MBR);
	if (access(EFI, R_OK))
		die("%s: not installed; apt-get install grub-efi-amd64-bin",
		    EFI);
}

static char *menu_text(const struct media *m, size_t *size)
{
	char *text;
	FILE *f = open_memstream(&text, size);

	if (!f)
		die("memory:");
	menu_print(f, m);
	if (fclose(f))
		die("memory:");
	return text;
}

static char *entry_text(const struct media *m, size_t *size)
{
	struct ipxe_conf conf;
	char *text, **urls = words(m->site->url), **u;
	FILE *f = open_memstream(&text, size);

	if (!f)
		die("memory:");
	ipxe_conf_read(&conf, &m->site->conf);
	fprintf(f, "#!ipxe\n# slipway, site %s: to the boot script\n",
		m->site->name);
	ipxe_print_hunt(f);
	for (u = urls; *u; u++)
		fprintf(f, "chain --replace --timeout %u %s/boot.ipxe ||\n",
			IPXE_STALL_MS, *u);
	ipxe_print_retry(f, &conf, false);
	if (fclose(f))
		die("memory:");
	return text;
}

/* Is role @i the first on the medium that has its base? */
static bool first_of_base(const struct media *m, unsigned int i)
{
	unsigned int k;

	for (k = 0; k < i; k++)
		if (m->with[k] && m->r.m.roles[k].base == m->r.m.roles[i].base)
			return false;
	return m->with[i];
}

/* From all that is on it: media of other contents are never mixed up. */
static void name_it(struct media *m)
{
	static const char *const files[] = {"vmlinuz", "initrd.img"};
	struct digest_ctx d;
	uint8_t out[DIGEST_SIZE];
	unsigned int i, k;
	char *text, hex[DIGEST_HEX + 1], *path;
	size_t size;

	strcpy(m->label, "SLIPWAY_00000000");
	text = menu_text(m, &size);
	digest_init(&d);
	hash_add(&d, text);
	hash_add_number(&d, m->reserve);
	digest_update(&d, m->r.bytes.cms, m->r.bytes.cms_size);
	for (i = 0; i < m->r.m.n_roles; i++)
		for (k = 0; first_of_base(m, i) && k < 2; k++) {
			path = release_boot(&m->r, &m->r.m.roles[i], files[k]);
			hash_add_file(&d, path);
			free(path);
		}
	digest_final(&d, out);
	digest_hex(out, hex);
	for (i = 0; i < 8; i++)
		m->label[8 + i] = hex[i] >= 'a' ? hex[i] - 'a' + 'A' : hex[i];
	snprintf(m->guid, sizeof(m->guid), "%.32s", hex + 8);
	free(text);
}

static void add_kernels(struct grafts *a, const struct media *m)
{
	static const char *const files[] = {"vmlinuz", "initrd.img"};
	const struct manifest *r = &m->r.m;
	unsigned int i, k;

	for (i = 0; i < r->n_roles; i++)
		for (k = 0; first_of_base(m, i) && k < 2; k++) {
			struct span base = r->layers[r->roles[i].base].name;
			char *from =
				release_boot(&m->r, &r->roles[i], files[k]);
			char *to = xasprintf("/boot/%.*s/%s", (int)base.n,
					     base.p, files[k]);

			grafts_file(a, to, from);
			free(to);
			free(from);
		}
}

/* By which an installer finds them among all that is in /boot. */
static void add_kernel_lists(struct grafts *a, const struct media *m)
{
	const struct manifest *r = &m->r.m;
	char hex[DIGEST_HEX + 1], *from, *to;
	unsigned int i;

	for (i = 0; i < r->n_roles; i++) {
		const struct manifest_layer *base =
			&r->layers[r->roles[i].base];

		if (!first_of_base(m, i) || !base->has_boot)
			continue;
		digest_hex(base->boot, hex);
		from = site_path(m->site, "public/boot/%s/files", hex);
		to = xasprintf("/slipway/boot/%s/files", hex);
		grafts_file(a, to, from);
		free(to);
		free(from);
	}
}

static bool layer_wanted(const struct media *m, unsigned int layer)
{
	unsigned int i, k;

	for (i = 0; i < m->r.m.n_roles; i++) {
		const struct manifest_role *role = &m->r.m.roles[i];

		if (!m->with[i])
			continue;
		if (role->base == layer)
			return true;
		for (k = 0; k < role->n_overlays; k++)
			if (role->overlays[k] == layer)
				return true;
	}
	return false;
}

static void add_signatures(struct grafts *a, const struct release *r)
{
	char *public = site_path(r->site, "public"), *rel, *path, *to;
	unsigned int n;

	for (n = 2; (path = signatures_find(public, r->bytes.text, n, &rel));
	     n++) {
		to = xasprintf("/slipway/%s", rel);
		grafts_file(a, to, path);
		free(to);
		free(path);
		free(rel);
	}
	free(public);
}

static void add_tree(struct grafts *a, const struct media *m, const char *dir)
{
	char *root_path = site_path(m->site, "keys/root.crt");
	unsigned int i;
	size_t size;
	void *root;

	if (m->variant == MEDIA_NET)
		return;
	add_kernel_lists(a, m);
	grafts_put(a, dir, "/slipway/manifest.cms", m->r.bytes.cms,
		   m->r.bytes.cms_size);
	add_signatures(a, &m->r);
	root = anchors_read(root_path, &size);
	grafts_put(a, dir, "/slipway/root.crt", root, size);
	free(root);
	free(root_path);
	for (i = 0; i < m->r.m.n_layers; i++) {
		char *index, *path, *to;

		if (!layer_wanted(m, i))
			continue;
		path = release_layer(&m->r, i, &index);
		to = xasprintf("/slipway/layers%s", strrchr(path, '/'));
		grafts_file(a, to, path);
		free(to);
		to = xasprintf("/slipway/layers%s", strrchr(index, '/'));
		grafts_file(a, to, index);
		free(to);
		free(index);
		free(path);
	}
}

static void add_extras(struct grafts *a, const struct media *m, const char *dir)
{
	size_t size;
	char *text;

	if (m->memtest) {
		grafts_file(a, "/boot/memtest.bin", MEDIA_MEMTEST_BIOS);
		grafts_file(a, "/boot/memtest.efi", MEDIA_MEMTEST_EFI);
	}
	if (!m->ipxe)
		return;
	grafts_file(a, "/boot/ipxe.lkrn", MEDIA_IPXE_BIOS);
	grafts_file(a, "/boot/ipxe.efi", MEDIA_IPXE_EFI);
	text = entry_text(m, &size);
	grafts_put(a, dir, "/boot/entry.ipxe", text, size);
	free(text);
}

/* The room that `slipway iso customize` may fill: a hole, until it is. */
static void add_custom(struct grafts *a, const struct media *m, const char *dir)
{
	char block[CUSTOM_ENV_SIZE], *from;
	struct outfile o;

	custom_blank(block);
	grafts_put(a, dir, CUSTOM_ENV, block, sizeof(block));
	if (!m->reserve)
		return;
	from = xasprintf("%s/custom.img", dir);
	outfile_open(&o, from, 0644);
	if (ftruncate(o.fd, m->reserve << 20))
		die("%s:", from);
	outfile_commit(&o);
	grafts_file(a, CUSTOM_IMG, from);
	free(from);
}

static void add_files(struct grafts *a, const struct media *m, const char *dir)
{
	size_t size;
	char *text = menu_text(m, &size);

	grafts_put(a, dir, "/boot/grub/grub.cfg", text, size);
	free(text);
	grafts_put(a, dir, "/boot/grub/loopback.cfg", loopback,
		   strlen(loopback));
	add_kernels(a, m);
	add_custom(a, m, dir);
	add_extras(a, m, dir);
	add_tree(a, m, dir);
}

static uint64_t time_of(const struct media *m)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	uint64_t t;

	if (!text)
		return m->r.m.created;
	if (text_u64(text_span(text), &t))
		die("SOURCE_DATE_EPOCH=%s: not a number", text);
	return t;
}

static void add_options(struct grafts *a, const struct media *m,
			const char *dir, const char *to)
{
	char *bios = xasprintf("%s/bios.img", dir);
	char *efi = xasprintf("%s/efi.img", dir);
	char *date = xmalloc(64);
	time_t t = time_of(m);
	const char *const words[] = {"xorriso",
				     "-as",
				     "mkisofs",
				     "-quiet",
				     "-iso-level",
				     "3",
				     "-r",
				     "-V",
				     m->label,
				     "-o",
				     to,
				     date,
				     "--set_all_file_dates",
				     xasprintf("=%llu", (unsigned long long)t),
				     "-b",
				     "boot/grub/bios.img",
				     "-no-emul-boot",
				     "-boot-load-size",
				     "4",
				     "-boot-info-table",
				     "--grub2-boot-info",
				     "--grub2-mbr",
				     MBR,
				     "--mbr-force-bootable",
				     "-append_partition",
				     "2",
				     "0xef",
				     efi,
				     "-appended_part_as_gpt",
				     "-eltorito-alt-boot",
				     "-e",
				     "--interval:appended_partition_2:all::",
				     "-no-emul-boot",
				     "-graft-points"};

	strftime(date, 64, "--modification-date=%Y%m%d%H%M%S00", gmtime(&t));
	tool_time(t);
	loader_bios(m->label, dir, bios);
	loader_efi(m->label, dir, efi);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		grafts_word(a, words[i]);
	grafts_file(a, "/boot/grub/bios.img", bios);
}

void image_write(struct media *m, const char *to)
{
	char *dir = tool_scratch();
	struct grafts a = {0};
	struct outfile o;

	m->memtest = !access(MEDIA_MEMTEST_BIOS, R_OK) &&
		     !access(MEDIA_MEMTEST_EFI, R_OK);
	m->ipxe =
		!access(MEDIA_IPXE_BIOS, R_OK) && !access(MEDIA_IPXE_EFI, R_OK);
	name_it(m);
	outfile_open(&o, to, 0644);
	add_options(&a, m, dir, o.tmp);
	add_files(&a, m, dir);
	tool_run(a.v);
	outfile_commit(&o);
}

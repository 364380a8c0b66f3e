// SPDX-License-Identifier: MIT
/*
 * output.c - what was packed, into build/initrd/BASE. drivers.info says which
 * archive is for which NIC:
 *
 *	[archives]	NAME = SHA256 SIZE FIRMWARE-SIZE
 *	[ids]		01VVVVDDDD = NAME
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "output.h"
#include "press.h"

/* One image; its digest in hex, its size, and that of its cpio archive. */
static void put_image(const struct bundle *b, const struct pack *p,
		      const char *path, char hex[DIGEST_HEX + 1],
		      uint64_t *size, uint64_t *unpacked)
{
	uint8_t digest[DIGEST_SIZE];
	size_t raw_size, n;
	void *raw = bundle_newc(b, p->epoch, &raw_size);
	void *data = press_zstd(raw, raw_size, &n);

	digest_of(data, n, digest);
	digest_hex(digest, hex);
	outfile_put(path, 0644, data, n);
	*size = n;
	*unpacked = raw_size;
	free(raw);
	free(data);
}

static void put_archive(FILE *f, const struct archive *a, const struct pack *p,
			const char *dir)
{
	char *path = xasprintf("%s/drv/%s.img", dir, a->name);
	char hex[DIGEST_HEX + 1];
	uint64_t size, unpacked;

	put_image(&a->bundle, p, path, hex, &size, &unpacked);
	fprintf(f, "%s = %s %" PRIu64 " %" PRIu64 "\n", a->name, hex, size,
		a->tally.firmware_size);
	free(path);
}

static void put_archives(const struct split *s, const struct pack *p,
			 struct info *i, const char *dir)
{
	char *path = xasprintf("%s/drivers.info", dir), *text = NULL;
	uint8_t digest[DIGEST_SIZE];
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die("memory:");
	fputs("[archives]\n", f);
	for (size_t k = 0; k < s->n; k++)
		put_archive(f, &s->list[k], p, dir);
	fputs("[ids]\n", f);
	for (size_t k = 0; k < s->n_ids; k++)
		fprintf(f, "%s = %s\n", s->ids[k].id,
			s->list[s->ids[k].archive].name);
	if (fclose(f))
		die("memory:");
	digest_of(text, size, digest);
	digest_hex(digest, i->drivers);
	outfile_put(path, 0644, text, size);
	free(text);
	free(path);
}

/* Archives of an earlier packing. */
static void forget_parts(const char *dir)
{
	static const char *const parts[] = {"core.img", "drivers.info", "drv"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		char *path = xasprintf("%s/%s", dir, parts[i]);

		outfile_remove(path);
		free(path);
	}
}

static void put_parts(const struct split *s, const struct pack *p,
		      struct info *i, const char *dir)
{
	char *drv = xasprintf("%s/drv", dir);
	char *core = xasprintf("%s/core.img", dir);
	uint64_t unpacked;

	site_mkdirs(drv);
	put_archives(s, p, i, dir);
	put_image(&s->core, p, core, i->core, &i->core_size, &unpacked);
	i->n_archives = s->n;
	i->n_ids = s->n_ids;
	free(core);
	free(drv);
}

static void put_kernel(struct pack *p, struct info *i, const char *dir)
{
	char *path = xasprintf("%s/vmlinuz", dir);
	uint8_t digest[DIGEST_SIZE];
	size_t size;
	void *data = base_kernel(p->base, &size);

	digest_of(data, size, digest);
	digest_hex(digest, i->vmlinuz);
	outfile_put(path, 0644, data, size);
	free(data);
	free(path);
}

void output_write(struct pack *p, struct split *s, struct info *i,
		  const char *dir)
{
	char *image = xasprintf("%s/initrd.img", dir);
	char *facts = xasprintf("%s/initrd.info", dir);

	site_mkdirs(dir);
	/* nothing may describe a mixture of two packings */
	unlink(facts);
	forget_parts(dir);
	if (s->n)
		put_parts(s, p, i, dir);
	put_image(&p->bundle, p, image, i->digest, &i->size, &i->unpacked);
	put_kernel(p, i, dir);
	info_write(facts, i, p);
	free(facts);
	free(image);
}

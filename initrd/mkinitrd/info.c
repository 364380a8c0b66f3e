// SPDX-License-Identifier: MIT
/*
 * info.c - what is known of a packed initrd: initrd.info, and --json.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "bake.h"
#include "info.h"
#include "pieces.h"

void info_inputs(const struct pack *p, char out[DIGEST_HEX + 1])
{
	uint8_t digest[DIGEST_SIZE];
	struct digest_ctx d;
	size_t size;
	char *data;

	digest_init(&d);
	hash_add(&d, "slipway initrd inputs 2");
	hash_add_file(&d, "/proc/self/exe");
	hash_add_file(&d, p->init);
	if (p->rescue)
		hash_add_file(&d, p->busybox);
	hash_add(&d, p->base->digest);
	hash_add(&d, p->base->release);
	hash_add(&d, p->drivers ? p->drivers : "");
	hash_add_number(&d, p->firmware);
	if (p->extra)
		hash_add_tree(&d, p->extra);
	/* holds site, epoch, floor, date and mode */
	data = bake_policy(p->site, p->base->release, p->epoch, p->rescue,
			   &size);
	digest_update(&d, data, size);
	free(data);
	data = bake_root(p->site, &size);
	digest_update(&d, data, size);
	free(data);
	if (p->tls_roots)
		hash_add_file(&d, p->tls_roots);
	pieces_hash(p, &d);
	digest_final(&d, digest);
	digest_hex(digest, out);
}

/* Has @file of @dir the digest that @key tells? So if neither is there. */
static bool holds(const struct ini *ini, const char *dir, const char *file,
		  const char *key)
{
	const char *had = ini_get(ini, "initrd", key);
	char *path = xasprintf("%s/%s", dir, file);
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX + 1] = "";
	uint64_t size;

	if (!hash_file(path, digest, &size))
		digest_hex(digest, hex);
	free(path);
	return !strcmp(hex, had ? had : "");
}

bool info_same(const char *dir, const char *inputs)
{
	char *path = xasprintf("%s/initrd.info", dir);
	const char *was;
	struct ini ini;
	bool same;

	same = !ini_read(&ini, path);
	free(path);
	if (!same)
		return false;
	was = ini_get(&ini, "initrd", "inputs");
	same = was && !strcmp(was, inputs) &&
	       holds(&ini, dir, "initrd.img", "digest") &&
	       holds(&ini, dir, "core.img", "core-digest") &&
	       holds(&ini, dir, "drivers.info", "drivers-digest");
	ini_free(&ini);
	return same;
}

void info_write(const char *path, const struct info *i, const struct pack *p)
{
	char *text = xasprintf(
		"[initrd]\nbase = %s\nbase-digest = %s\nkernel = %s\n"
		"policy = %s\ndigest = %s\nsize = %" PRIu64 "\n"
		"unpacked = %" PRIu64 "\nvmlinuz-digest = %s\n"
		"modules = %u\nfirmware = %u\nfirmware-missing = %u\n"
		"init-size = %" PRIu64 "\nbusybox-size = %" PRIu64 "\n"
		"modules-size = %" PRIu64 "\nfirmware-size = %" PRIu64 "\n"
		"core-digest = %s\ncore-size = %" PRIu64 "\n"
		"drivers-digest = %s\narchives = %zu\nnic-ids = %zu\n"
		"inputs = %s\n",
		p->base->name, p->base->digest, p->base->release,
		p->rescue ? "rescue" : "enforce", i->digest, i->size,
		i->unpacked, i->vmlinuz, p->tally.n_modules,
		p->tally.n_firmware, p->n_missing, p->init_size,
		p->busybox_size, p->tally.modules_size, p->tally.firmware_size,
		i->core, i->core_size, i->drivers, i->n_archives, i->n_ids,
		i->inputs);

	outfile_put(path, 0644, text, strlen(text));
	free(text);
}

/* Values are names and numbers: nothing in them needs escaping. */
static void print_json(const struct ini *ini, bool unchanged)
{
	for (size_t i = 0; i < ini->n; i++) {
		const char *v = ini->items[i].value;
		bool number = *v && strspn(v, "0123456789") == strlen(v) &&
			      strlen(v) < 16;

		printf("%s\"%s\":%s%s%s", i ? "," : "{", ini->items[i].key,
		       number ? "" : "\"", v, number ? "" : "\"");
	}
	printf(",\"unchanged\":%s}\n", unchanged ? "true" : "false");
}

static void print_text(const struct ini *ini)
{
	const char *core;

	printf("initrd %s: %s bytes, kernel %s, %s modules, %.12s\n",
	       ini_need(ini, "initrd", "base"), ini_need(ini, "initrd", "size"),
	       ini_need(ini, "initrd", "kernel"),
	       ini_need(ini, "initrd", "modules"),
	       ini_need(ini, "initrd", "digest"));
	core = ini_get(ini, "initrd", "core-digest");
	if (core && *core)
		printf("  or a core of %s bytes and one of %s driver archives, for %s NICs\n",
		       ini_need(ini, "initrd", "core-size"),
		       ini_need(ini, "initrd", "archives"),
		       ini_need(ini, "initrd", "nic-ids"));
}

void info_print(const char *path, bool unchanged, bool json)
{
	struct ini ini;

	if (ini_read(&ini, path))
		die("%s: cannot read", path);
	if (json)
		print_json(&ini, unchanged);
	else if (unchanged)
		printf("initrd %s: unchanged\n",
		       ini_need(&ini, "initrd", "base"));
	else
		print_text(&ini);
	ini_free(&ini);
}

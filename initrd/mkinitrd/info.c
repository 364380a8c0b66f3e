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

void info_inputs(const struct pack *p, char out[DIGEST_HEX + 1])
{
	uint8_t digest[DIGEST_SIZE];
	struct digest_ctx d;
	size_t size;
	char *data;

	digest_init(&d);
	hash_add(&d, "slipway initrd inputs 1");
	hash_add_file(&d, "/proc/self/exe");
	hash_add_file(&d, p->init);
	hash_add_file(&d, p->busybox);
	hash_add(&d, p->base->digest);
	hash_add(&d, p->base->release);
	hash_add(&d, p->drivers ? p->drivers : "");
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
	digest_final(&d, digest);
	digest_hex(digest, out);
}

bool info_same(const char *path, const char *image, const char *inputs)
{
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX + 1];
	const char *was, *had;
	uint64_t size;
	struct ini ini;
	bool same;

	if (ini_read(&ini, path))
		return false;
	was = ini_get(&ini, "initrd", "inputs");
	had = ini_get(&ini, "initrd", "digest");
	same = was && had && !strcmp(was, inputs) &&
	       !hash_file(image, digest, &size);
	if (same) {
		digest_hex(digest, hex);
		same = !strcmp(hex, had);
	}
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
		"inputs = %s\n",
		p->base->name, p->base->digest, p->base->release,
		p->rescue ? "rescue" : "enforce", i->digest, i->size,
		i->unpacked, i->vmlinuz, p->n_modules, p->n_firmware,
		p->n_missing, p->init_size, p->busybox_size, p->modules_size,
		p->firmware_size, i->inputs);

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
		printf("initrd %s: %s bytes, kernel %s, %s modules, %.12s\n",
		       ini_need(&ini, "initrd", "base"),
		       ini_need(&ini, "initrd", "size"),
		       ini_need(&ini, "initrd", "kernel"),
		       ini_need(&ini, "initrd", "modules"),
		       ini_need(&ini, "initrd", "digest"));
	ini_free(&ini);
}

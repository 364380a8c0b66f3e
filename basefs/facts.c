/* SPDX-License-Identifier: MIT */
/* facts.c - base.info: what other verbs may know of a base. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "host/site.h"
#include "host/sqread.h"
#include "facts.h"

#define STATUS_MAX (256u << 20)
#define TEXT_MAX   (64u << 10)

/* What was seen inside an image. */
struct inside {
	struct sqread *sq;
	char *kernel, *suite, *arch;
	unsigned int packages;
};

static void *read_file(struct sqread *sq, const char *path, size_t max)
{
	char *real = sqread_resolve(sq, path);
	void *data = real ? sqread_file(sq, real, max, NULL) : NULL;

	free(real);
	return data;
}

/* Of several kernels the newest; one counts when it could be booted. */
static int one_kernel(void *user, const char *name, mode_t mode)
{
	struct inside *in = user;
	char *vmlinuz = xasprintf("boot/vmlinuz-%s", name);
	char *real = sqread_resolve(in->sq, vmlinuz);

	if (S_ISDIR(mode) && real && site_name_ok(name) &&
	    (!in->kernel || strverscmp(name, in->kernel) > 0)) {
		free(in->kernel);
		in->kernel = xstrdup(name);
	}
	free(real);
	free(vmlinuz);
	return 0;
}

static unsigned int count(const char *text, const char *what)
{
	unsigned int n = 0;

	for (; text && (text = strstr(text, what)); n++)
		text += strlen(what);
	return n;
}

/* The value of KEY= in os-release, without quotes. */
static char *os_value(const char *text, const char *key)
{
	const char *at = text ? strstr(text, key) : NULL;

	if (!at)
		return NULL;
	at += strlen(key);
	at += *at == '"';
	return xasprintf("%.*s", (int)strcspn(at, "\"\n"), at);
}

static void look(struct inside *in, const char *image)
{
	const char *why = NULL;
	char *dir, *text;

	memset(in, 0, sizeof(*in));
	in->sq = sqread_open(image, &why);
	if (!in->sq)
		die("%s: %s:", image, why);
	dir = sqread_resolve(in->sq, "lib/modules");
	if (dir)
		sqread_each(in->sq, dir, one_kernel, in);
	free(dir);
	text = read_file(in->sq, "var/lib/dpkg/status", STATUS_MAX);
	in->packages = count(text, "\nStatus: install ok installed\n");
	free(text);
	text = read_file(in->sq, "etc/os-release", TEXT_MAX);
	in->suite = os_value(text, "\nVERSION_CODENAME=");
	free(text);
	text = read_file(in->sq, "var/lib/dpkg/arch", TEXT_MAX);
	in->arch =
		text ? xasprintf("%.*s", (int)strcspn(text, "\n"), text) : NULL;
	free(text);
	sqread_close(in->sq);
}

/* One line more, when there is something to say. */
static void line(char **text, const char *key, const char *value)
{
	char *more;

	if (!value || !*value || strpbrk(value, "\n\"\\"))
		return;
	more = xasprintf("%s%s = %s\n", *text, key, value);
	free(*text);
	*text = more;
}

void facts_write(const struct facts *f, const char *image, const char *path)
{
	char digest[DIGEST_HEX + 1], *text, *vmlinuz;
	struct inside in;
	uint64_t size;

	hash_file_hex(image, digest, &size);
	look(&in, image);
	text = xasprintf("[base]\nname = %s\ndigest = %s\nsize = %" PRIu64
			 "\ncreated = %" PRIu32 "\npackages = %u\n",
			 f->name, digest, size, f->created, in.packages);
	line(&text, "source", f->source);
	line(&text, "profile", f->profile);
	line(&text, "suite", f->suite ? f->suite : in.suite);
	line(&text, "arch", f->arch ? f->arch : in.arch ? in.arch : "amd64");
	line(&text, "kernel", in.kernel);
	if (in.kernel) {
		vmlinuz = xasprintf("boot/vmlinuz-%s", in.kernel);
		line(&text, "vmlinuz", vmlinuz);
		free(vmlinuz);
	}
	line(&text, "image", f->image);
	line(&text, "layers", f->layers);
	line(&text, "inputs", f->inputs);
	line(&text, "recipe", f->recipe);
	outfile_put(path, 0644, text, strlen(text));
	free(text);
	free(in.kernel);
	free(in.suite);
	free(in.arch);
}

bool facts_same(const char *path, const char *image, const char *inputs)
{
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX + 1];
	const char *was, *had;
	uint64_t size;
	struct ini ini;
	bool same;

	if (ini_read(&ini, path))
		return false;
	was = ini_get(&ini, "base", "inputs");
	had = ini_get(&ini, "base", "digest");
	same = was && had && !strcmp(was, inputs) &&
	       !hash_file(image, digest, &size);
	if (same) {
		digest_hex(digest, hex);
		same = !strcmp(hex, had);
	}
	ini_free(&ini);
	return same;
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

void facts_print(const char *path, const char *note, bool unchanged, bool json)
{
	const char *kernel;
	struct ini ini;

	if (ini_read(&ini, path))
		die("%s: cannot read", path);
	kernel = ini_get(&ini, "base", "kernel");
	if (json)
		print_json(&ini, unchanged);
	else if (unchanged)
		printf("base %s: unchanged%s\n", ini_need(&ini, "base", "name"),
		       note);
	else
		printf("base %s: %s bytes, kernel %s, %s packages, %.12s%s\n",
		       ini_need(&ini, "base", "name"),
		       ini_need(&ini, "base", "size"), kernel ? kernel : "none",
		       ini_need(&ini, "base", "packages"),
		       ini_need(&ini, "base", "digest"), note);
	ini_free(&ini);
}

// SPDX-License-Identifier: MIT
/*
 * image.c - a role as a container image: OCI image-spec 1.1, an image layout
 * in a tar ("oci-archive").
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "blob.h"
#include "image.h"
#include "pax.h"

#define TYPE(x)	 "application/vnd.oci.image." x
#define ARCH_MAX 64

static void json_blob(struct blob *b, struct json_object *o, const char *beside)
{
	blob_text(b,
		  json_object_to_json_string_ext(
			  o, JSON_C_TO_STRING_PLAIN |
				     JSON_C_TO_STRING_NOSLASHESCAPE),
		  beside);
	json_object_put(o);
}

static void text(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_object_new_string(value));
}

static struct json_object *descriptor(const struct blob *b, const char *type)
{
	struct json_object *o = json_object_new_object();
	char *digest = xasprintf("sha256:%s", b->hex);

	text(o, "mediaType", type);
	text(o, "digest", digest);
	json_object_object_add(o, "size", json_object_new_int64(b->size));
	free(digest);
	return o;
}

/* What Go calls the architecture of a Debian system. */
static char *arch(const struct look *l)
{
	static const char *const names[][2] = {
		{"armhf", "arm"}, {"i386", "386"}, {"ppc64el", "ppc64le"}};
	char *is = look_text(l, look_resolve(l, "var/lib/dpkg/arch"), ARCH_MAX);
	size_t i;

	if (!is)
		return xstrdup("amd64");
	is[strcspn(is, "\n")] = '\0';
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(is, names[i][0])) {
			free(is);
			return xstrdup(names[i][1]);
		}
	return is;
}

/* The date of what is newest: no clock, so the same image each time. */
static void created(struct json_object *o, const struct look *l)
{
	char buf[32];
	time_t t = 0;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->entries[i].mtime > t)
			t = l->entries[i].mtime;
	strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%SZ", gmtime(&t));
	text(o, "created", buf);
}

static struct json_object *labels(const struct look *l, const char *thing)
{
	struct json_object *o = json_object_new_object();
	unsigned int i;

	text(o, "org.opencontainers.image.title", thing);
	for (i = 0; i < l->n_layers; i++) {
		char *key = xasprintf("slipway.layer.%u", i + 1);

		text(o, key, l->layers[i].name);
		free(key);
	}
	return o;
}

static struct json_object *config(const struct look *l, const struct blob *b,
				  const char *thing)
{
	struct json_object *o = json_object_new_object();
	struct json_object *fs = json_object_new_object();
	struct json_object *ids = json_object_new_array();
	struct json_object *c = json_object_new_object();
	char *is = arch(l), *id;
	unsigned int i;

	created(o, l);
	text(o, "architecture", is);
	text(o, "os", "linux");
	json_object_object_add(c, "Labels", labels(l, thing));
	json_object_object_add(o, "config", c);
	for (i = 0; i < l->n_layers; i++) {
		id = xasprintf("sha256:%s", b[i].plain);
		json_object_array_add(ids, json_object_new_string(id));
		free(id);
	}
	text(fs, "type", "layers");
	json_object_object_add(fs, "diff_ids", ids);
	json_object_object_add(o, "rootfs", fs);
	free(is);
	return o;
}

static struct json_object *manifest(const struct look *l, const struct blob *b,
				    const struct blob *conf)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	unsigned int i;

	json_object_object_add(o, "schemaVersion", json_object_new_int(2));
	text(o, "mediaType", TYPE("manifest.v1+json"));
	json_object_object_add(o, "config",
			       descriptor(conf, TYPE("config.v1+json")));
	for (i = 0; i < l->n_layers; i++)
		json_object_array_add(
			list, descriptor(&b[i], TYPE("layer.v1.tar+gzip")));
	json_object_object_add(o, "layers", list);
	return o;
}

static struct json_object *index_of(const struct blob *b, const char *tag)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	struct json_object *notes = json_object_new_object();
	struct json_object *d = descriptor(b, TYPE("manifest.v1+json"));

	text(notes, "org.opencontainers.image.ref.name", tag);
	json_object_object_add(d, "annotations", notes);
	json_object_array_add(list, d);
	json_object_object_add(o, "schemaVersion", json_object_new_int(2));
	text(o, "mediaType", TYPE("index.v1+json"));
	json_object_object_add(o, "manifests", list);
	return o;
}

static void to_file(void *user, const void *p, size_t size)
{
	outfile_write(user, p, size);
}

static void folder(struct pax *pax, const char *path)
{
	struct tarread_entry e = {.path = path, .mode = S_IFDIR | 0755};

	pax_entry(pax, &e);
}

static void member(struct pax *pax, const char *path, struct blob *b)
{
	struct tarread_entry e = {
		.path = path, .mode = S_IFREG | 0644, .size = b->size};
	char buf[64 << 10];
	uint64_t at = 0;
	ssize_t n;

	pax_entry(pax, &e);
	for (; at < b->size; at += n) {
		n = pread(b->fd, buf, sizeof(buf), at);
		if (n <= 0)
			die("temporary file:");
		pax_data(pax, buf, n);
	}
	close(b->fd);
}

static int by_hex(const void *a, const void *b)
{
	return strcmp(((const struct blob *)a)->hex,
		      ((const struct blob *)b)->hex);
}

static void write_all(const char *path, struct blob *b, size_t n,
		      struct blob *list, struct blob *layout)
{
	struct outfile o;
	struct pax *pax;
	char *name;
	size_t i;

	outfile_open(&o, path, 0644);
	pax = pax_open(to_file, &o);
	member(pax, "oci-layout", layout);
	member(pax, "index.json", list);
	folder(pax, "blobs");
	folder(pax, "blobs/sha256");
	qsort(b, n, sizeof(*b), by_hex);
	for (i = 0; i < n; i++) {
		/* two empty overlays are one blob */
		if (i && !strcmp(b[i].hex, b[i - 1].hex))
			continue;
		name = xasprintf("blobs/sha256/%s", b[i].hex);
		member(pax, name, &b[i]);
		free(name);
	}
	pax_close(pax);
	outfile_commit(&o);
}

void image_write(const struct look *l, const char *path, const char *tag,
		 const char *thing)
{
	struct blob b[LOOK_LAYERS_MAX + 2] = {0}, list, layout;
	struct json_object *version = json_object_new_object();
	unsigned int i, n = l->n_layers;

	if (!n || !l->layers[0].base)
		die("%s: an overlay is no image: export a role", thing);
	for (i = 0; i < n; i++)
		blob_layer(&b[i], &l->layers[i], path);
	json_blob(&b[n], config(l, b, thing), path);
	json_blob(&b[n + 1], manifest(l, b, &b[n]), path);
	json_blob(&list, index_of(&b[n + 1], tag), path);
	text(version, "imageLayoutVersion", "1.0.0");
	json_blob(&layout, version, path);
	write_all(path, b, n + 2, &list, &layout);
}

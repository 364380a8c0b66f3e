/* SPDX-License-Identifier: MIT */
/* oci.c - finds and checks a container image; see oci.h for the formats. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "format/env.h"
#include "alloc.h"
#include "error.h"
#include "hash.h"
#include "jsonfile.h"
#include "ociparts.h"
#include "outfile.h"

#define INDEX_DEPTH_MAX 4

static const char *const prefixes[] = {
	"oci:", "oci-archive:", "docker-archive:"};

/* What is looked for in an index. */
struct want {
	struct oci *o;
	const char *ref, *arch;
	char found[DIGEST_HEX + 1];
	unsigned int n; /* different ones */
	unsigned int depth;
};

static const char *bare(const char *src)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (!strncmp(src, prefixes[i], strlen(prefixes[i])))
			return src + strlen(prefixes[i]);
	return src;
}

/* The longest beginning of @src that is there, cut at a colon; @ref the rest,
 * or NULL. */
static char *split(const char *src, const char **ref)
{
	const char *rest = bare(src), *at = rest + strlen(rest);
	char *path = xstrdup(rest);
	struct stat st;

	*ref = NULL;
	while (stat(path, &st)) {
		do
			at--;
		while (at > rest && *at != ':');
		if (at <= rest)
			return path;
		path[at - rest] = '\0';
		*ref = at + 1;
	}
	return path;
}

char *oci_file(const char *src)
{
	const char *ref;

	return split(src, &ref);
}

char *oci_below(const char *src, const char *dir)
{
	const char *rest = bare(src);

	if (*rest == '/')
		return xstrdup(src);
	return xasprintf("%.*s%s/%s", (int)(rest - src), src, dir, rest);
}

static bool has(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	bool is = !access(path, F_OK);

	free(path);
	return is;
}

bool oci_is(const char *src)
{
	const char *ref;
	struct stat st;
	bool is = false;
	char *path;

	if (bare(src) != src)
		return true;
	path = split(src, &ref);
	if (stat(path, &st))
		is = false;
	else if (S_ISDIR(st.st_mode))
		is = has(path, "oci-layout") || has(path, "manifest.json");
	else if (S_ISREG(st.st_mode))
		is = ociparts_archive(path);
	free(path);
	return is;
}

/* Debian's names of architectures, and Go's, where they differ. */
static const char *const archs[][2] = {{"armhf", "arm"},
				       {"armel", "arm"},
				       {"i386", "386"},
				       {"ppc64el", "ppc64le"},
				       {"mips64el", "mips64le"}};

static const char *arch_name(const char *arch, int from)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
		if (!strcmp(arch, archs[i][from]))
			return archs[i][!from];
	return arch;
}

static const char *own_arch(void)
{
	static struct utsname u;

	return uname(&u) || !strcmp(u.machine, "x86_64") ? "amd64"
	       : !strcmp(u.machine, "aarch64")		 ? "arm64"
							 : u.machine;
}

static char *blob(struct oci *o, const char *hex)
{
	return xasprintf("%s/blobs/sha256/%s", o->dir, hex);
}

/* Does a descriptor of the top index go by the name that is asked for? */
static bool named(struct json_object *d, const char *ref)
{
	struct json_object *notes = jsonfile_at(d, "annotations");
	const char *digest = jsonfile_text(d, "digest");
	const char *keys[] = {"org.opencontainers.image.ref.name",
			      "io.containerd.image.name"};

	if (digest &&
	    (!strcmp(digest, ref) ||
	     (!strncmp(digest, "sha256:", 7) && !strcmp(digest + 7, ref))))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *name = jsonfile_text(notes, keys[i]);
		const char *colon = name ? strrchr(name, ':') : NULL;

		if (name &&
		    (!strcmp(name, ref) || (colon && !strcmp(colon + 1, ref))))
			return true;
	}
	return false;
}

static void search_index(struct want *w, struct json_object *index);

static void descriptor(struct want *w, struct json_object *d)
{
	const char *hex = jsonfile_hex(jsonfile_text(d, "digest"));
	const char *type = jsonfile_text(d, "mediaType");
	const char *arch =
		jsonfile_text(jsonfile_at(d, "platform"), "architecture");
	struct json_object *inner;
	char *path;

	if (!hex)
		die("%s: an image without a sha256 digest", w->o->src);
	/* buildx puts its attestations beside the images */
	if (arch && (strcmp(arch, w->arch) || !strcmp(arch, "unknown")))
		return;
	if (type && (strstr(type, "image.index") || strstr(type, "list"))) {
		if (w->depth == INDEX_DEPTH_MAX)
			die("%s: its indexes are too deep", w->o->src);
		path = blob(w->o, hex);
		inner = jsonfile_need(path, hex);
		w->depth++;
		search_index(w, inner);
		w->depth--;
		json_object_put(inner);
		free(path);
		return;
	}
	if (w->n && !strcmp(w->found, hex))
		return;
	w->n++;
	memcpy(w->found, hex, sizeof(w->found));
}

static void search_index(struct want *w, struct json_object *index)
{
	struct json_object *list = jsonfile_list(index, "manifests"), *d;
	size_t n = list ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n; i++) {
		d = json_object_array_get_idx(list, i);
		if (w->depth || !w->ref || named(d, w->ref))
			descriptor(w, d);
	}
}

static void choose(struct want *w)
{
	char *path = xasprintf("%s/index.json", w->o->dir);
	struct json_object *index = jsonfile_need(path, NULL);

	search_index(w, index);
	if (!w->n)
		die("%s: no image%s%s for %s", w->o->src,
		    w->ref ? " named " : "", w->ref ? w->ref : "", w->arch);
	if (w->n > 1)
		die("%s: holds %u images; name one: PATH:REF", w->o->src, w->n);
	memcpy(w->o->image, w->found, sizeof(w->o->image));
	json_object_put(index);
	free(path);
}

void ociparts_layers(struct oci *o, struct json_object *config,
		     const char *arch)
{
	struct json_object *ids =
		jsonfile_list(jsonfile_at(config, "rootfs"), "diff_ids");
	const char *is = jsonfile_text(config, "architecture"), *hex;

	if (!ids || !json_object_array_length(ids))
		die("%s: no layers (rootfs.diff_ids) in its configuration",
		    o->src);
	if (json_object_array_length(ids) > OCI_LAYERS_MAX)
		die("%s: more than %d layers", o->src, OCI_LAYERS_MAX);
	if (arch && is && strcmp(is, arch))
		die("%s: made for %s, not %s", o->src, is, arch);
	o->arch = is ? xstrdup(arch_name(is, 1)) : NULL;
	o->n = json_object_array_length(ids);
	for (unsigned int i = 0; i < o->n; i++) {
		hex = jsonfile_hex(json_object_get_string(
			json_object_array_get_idx(ids, i)));
		if (!hex)
			die("%s: a diff_id is no sha256 digest", o->src);
		memcpy(o->layers[i].diff_id, hex, DIGEST_HEX + 1);
	}
}

static void layer(struct oci *o, unsigned int i, struct json_object *d)
{
	const char *hex = jsonfile_hex(jsonfile_text(d, "digest"));
	const char *type = jsonfile_text(d, "mediaType");
	struct oci_layer *l = &o->layers[i];
	char is[DIGEST_HEX + 1];
	struct stat st;

	if (!hex)
		die("%s: layer %u has no sha256 digest", o->src, i + 1);
	if (type && strstr(type, "encrypted"))
		die("%s: layer %u is encrypted", o->src, i + 1);
	l->path = blob(o, hex);
	if (lstat(l->path, &st))
		die("%s: layer %u:", l->path, i + 1);
	if (!S_ISREG(st.st_mode))
		die("%s: not a regular file", l->path);
	hash_file_hex(l->path, is, &l->size);
	if (strcmp(is, hex))
		die("%s: damaged: sha256 is %.12s...", l->path, is);
}

static void open_layout(struct oci *o, const char *ref, const char *arch)
{
	struct want w = {.o = o,
			 .ref = ref,
			 .arch = arch_name(arch ? arch : own_arch(), 0)};
	struct json_object *manifest, *config, *list;
	const char *hex;
	char *path;

	choose(&w);
	path = blob(o, o->image);
	manifest = jsonfile_need(path, o->image);
	free(path);
	hex = jsonfile_hex(
		jsonfile_text(jsonfile_at(manifest, "config"), "digest"));
	if (!hex)
		die("%s: its manifest names no configuration", o->src);
	path = blob(o, hex);
	config = jsonfile_need(path, hex);
	ociparts_layers(o, config, arch ? w.arch : NULL);
	list = jsonfile_list(manifest, "layers");
	if (!list || json_object_array_length(list) != o->n)
		die("%s: layers and diff_ids are not as many", o->src);
	for (unsigned int i = 0; i < o->n; i++)
		layer(o, i, json_object_array_get_idx(list, i));
	json_object_put(config);
	json_object_put(manifest);
	free(path);
}

void oci_open(struct oci *o, const char *src, const char *arch,
	      const char *scratch)
{
	const char *ref;
	struct stat st;
	char *path;

	memset(o, 0, sizeof(*o));
	o->src = src;
	path = split(src, &ref);
	/* absolute: who reads the layers may be elsewhere by then */
	o->dir = realpath(path, NULL);
	if (!o->dir || stat(path, &st))
		die("%s:", path);
	if (!S_ISDIR(st.st_mode)) {
		free(o->dir);
		o->dir = xasprintf("%s/image.XXXXXX", scratch);
		if (!mkdtemp(o->dir))
			die("%s:", o->dir);
		outfile_cleanup(o->dir);
		ociparts_unpack(path, o->dir);
	}
	if (has(o->dir, "index.json"))
		open_layout(o, ref, arch);
	else if (has(o->dir, "manifest.json"))
		ociparts_docker(o, ref);
	else
		die("%s: no image: neither index.json nor manifest.json", src);
	free(path);
}

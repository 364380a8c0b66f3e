// SPDX-License-Identifier: MIT
/* container.c - an OCI archive with one layer, by libarchive. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "container.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"

#define QEMU 107 /* user and group that KubeVirt runs QEMU as */
#define OCI  "application/vnd.oci.image."

struct tar {
	struct archive *a;
	const char *path;
	uint64_t time;
};

static void check(const struct tar *t, int ret)
{
	if (ret != ARCHIVE_OK)
		die("%s: %s", t->path, archive_error_string(t->a));
}

static void tar_open(struct tar *t, const char *path, uint64_t time)
{
	*t = (struct tar){archive_write_new(), path, time};
	check(t, archive_write_set_format_pax_restricted(t->a));
	check(t, archive_write_open_filename(t->a, path));
}

static void tar_close(struct tar *t)
{
	check(t, archive_write_close(t->a));
	archive_write_free(t->a);
}

static void header(struct tar *t, const char *name, mode_t mode, uid_t owner,
		   uint64_t size)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_mode(e, mode);
	archive_entry_set_uid(e, owner);
	archive_entry_set_gid(e, owner);
	archive_entry_set_size(e, size);
	archive_entry_set_mtime(e, t->time, 0);
	check(t, archive_write_header(t->a, e));
	archive_entry_free(e);
}

static void data(struct tar *t, const void *p, size_t size)
{
	if (archive_write_data(t->a, p, size) != (la_ssize_t)size)
		die("%s: %s", t->path, archive_error_string(t->a));
}

static void file(struct tar *t, const char *name, mode_t mode, uid_t owner,
		 const char *from)
{
	static char buf[1 << 16];
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		die("%s:", from);
	header(t, name, S_IFREG | mode, owner, st.st_size);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		data(t, buf, n);
	if (n < 0)
		die("%s:", from);
	close(fd);
}

static void write_layer(const char *path, const char *qcow2, uint64_t time)
{
	struct tar t;

	tar_open(&t, path, time);
	header(&t, "disk/", S_IFDIR | 0755, QEMU, 0);
	file(&t, "disk/disk.qcow2", 0440, QEMU, qcow2);
	tar_close(&t);
}

static void hex_of(const char *text, char hex[DIGEST_HEX + 1])
{
	uint8_t digest[DIGEST_SIZE];

	digest_of(text, strlen(text), digest);
	digest_hex(digest, hex);
}

static void blob(struct tar *t, const char *hex, const char *text)
{
	char *name = xasprintf("blobs/sha256/%s", hex);

	header(t, name, S_IFREG | 0644, 0, strlen(text));
	data(t, text, strlen(text));
	free(name);
}

static char *config_text(const char *layer, uint64_t time)
{
	time_t when = time;
	struct tm tm;
	char date[32];

	gmtime_r(&when, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return xasprintf("{\"created\":\"%s\",\"architecture\":\"amd64\","
			 "\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":"
			 "\"layers\",\"diff_ids\":[\"sha256:%s\"]}}",
			 date, layer);
}

static char *manifest_text(const char *config, const char *config_hex,
			   const char *layer_hex, uint64_t layer_size)
{
	return xasprintf(
		"{\"schemaVersion\":2,\"mediaType\":\"" OCI
		"manifest.v1+json\",\"config\":{\"mediaType\":\"" OCI
		"config.v1+json\",\"digest\":\"sha256:%s\",\"size\":%zu},"
		"\"layers\":[{\"mediaType\":\"" OCI
		"layer.v1.tar\",\"digest\":\"sha256:%s\",\"size\":%llu}]}",
		config_hex, strlen(config), layer_hex,
		(unsigned long long)layer_size);
}

static char *index_text(const char *manifest, const char *manifest_hex)
{
	return xasprintf(
		"{\"schemaVersion\":2,\"mediaType\":\"" OCI
		"index.v1+json\",\"manifests\":[{\"mediaType\":\"" OCI
		"manifest.v1+json\",\"digest\":\"sha256:%s\",\"size\":%zu,"
		"\"annotations\":{\"org.opencontainers.image.ref.name\":"
		"\"latest\"}}]}",
		manifest_hex, strlen(manifest));
}

static void text_file(struct tar *t, const char *name, const char *text)
{
	header(t, name, S_IFREG | 0644, 0, strlen(text));
	data(t, text, strlen(text));
}

static void write_layout(const char *to, const char *layer, uint64_t time)
{
	char layer_hex[DIGEST_HEX + 1], config_hex[DIGEST_HEX + 1];
	char manifest_hex[DIGEST_HEX + 1], *config, *manifest, *index, *name;
	uint64_t size;
	struct tar t;

	hash_file_hex(layer, layer_hex, &size);
	config = config_text(layer_hex, time);
	hex_of(config, config_hex);
	manifest = manifest_text(config, config_hex, layer_hex, size);
	hex_of(manifest, manifest_hex);
	index = index_text(manifest, manifest_hex);
	name = xasprintf("blobs/sha256/%s", layer_hex);
	tar_open(&t, to, time);
	text_file(&t, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
	text_file(&t, "index.json", index);
	blob(&t, manifest_hex, manifest);
	blob(&t, config_hex, config);
	file(&t, name, 0644, 0, layer);
	tar_close(&t);
	free(name);
	free(index);
	free(manifest);
	free(config);
}

void container_write(const char *to, const char *qcow2, uint64_t time)
{
	char *layer = xasprintf("%s.layer", to);

	outfile_cleanup(layer);
	write_layer(layer, qcow2, time);
	write_layout(to, layer, time);
	unlink(layer);
	outfile_keep(layer);
	free(layer);
}

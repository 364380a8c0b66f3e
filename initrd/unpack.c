// SPDX-License-Identifier: MIT
/*
 * unpack.c - each overlay of the role into a tmpfs of its own that is no
 * larger than the manifest declared. While it is written the mount allows no
 * device, no setuid and no program; afterwards it is read-only, and the
 * refusals of unpackfs.c are what keeps ungranted things out of the union.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "beside.h"
#include "console.h"
#include "file.h"
#include "fetch/clock.h"
#include "format/ovl.h"
#include "inflate.h"
#include "memory.h"
#include "unpack.h"

#define SLACK_BYTES  (1ull << 20)
#define SLACK_INODES 1024

static struct unpack unpack;

static void layer_path(char out[16], unsigned int i)
{
	snprintf(out, 16, BOOT_LAYER "%x", i);
}

static int mount_layer(struct boot *b, const struct manifest_layer *m,
		       const char *path)
{
	char options[128];

	if (m->inodes > UNPACK_INODES_MAX)
		return fetch_fail(&b->error, CODE_CPIO,
				  "overlay %.*s: too many inodes (expected at "
				  "most %u, got %llu)",
				  (int)m->name.n, m->name.p, UNPACK_INODES_MAX,
				  (unsigned long long)m->inodes);
	/* newer kernels charge attributes to the inodes as well */
	snprintf(
		options, sizeof(options), "mode=0755,size=%llu,nr_inodes=%llu",
		(unsigned long long)(memory_pages(m->unpacked) + SLACK_BYTES),
		(unsigned long long)(m->inodes + m->inodes / 4 + SLACK_INODES));
	mkdir(path, 0755);
	if (mount("slipway", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  options))
		return fetch_fail(&b->error, CODE_SYS, "%s: mount: %s", path,
				  strerror(errno));
	return 0;
}

static void *reserve(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* What unpack needs beside its struct; as much as there are inodes. */
static int get_memory(struct unpack *u)
{
	size_t slots = 16;

	while (slots < 2 * (u->m->inodes + 1))
		slots *= 2;
	u->mask = slots - 1;
	u->links = reserve(slots * sizeof(*u->links));
	u->dirs = reserve((u->m->inodes + 1) * sizeof(*u->dirs));
	u->names = reserve(UNPACK_NAMES_MAX);
	u->list = reserve(OVL_SIZE_MAX);
	u->names_used = 1;
	return u->links && u->dirs && u->names && u->list ? 0 : -ENOMEM;
}

static void put_memory(struct unpack *u)
{
	if (u->links)
		munmap(u->links, (u->mask + 1) * sizeof(*u->links));
	if (u->dirs)
		munmap(u->dirs, (u->m->inodes + 1) * sizeof(*u->dirs));
	if (u->names)
		munmap(u->names, UNPACK_NAMES_MAX);
	if (u->list)
		munmap(u->list, OVL_SIZE_MAX);
}

struct stream {
	struct unpack *u;
	struct fault *f;
	bool decoding; /* the decoder, not inflate, has refused */
};

static int feed(void *user, const void *p, size_t size)
{
	struct stream *s = user;
	int ret = cpio_decode(&s->u->decoder, p, size, s->f);

	if (ret)
		s->decoding = true;
	return ret;
}

static int caged(int ret, const struct fetch_error *e, struct fault *f)
{
	static char why[FETCH_ERROR_TEXT];

	memcpy(why, e->text, sizeof(why));
	return fault_set(f, ret, why, 0);
}

/* The digest of the whole costs nothing here: the base is still loading. */
static int check_whole(struct unpack *u, const uint8_t *p, size_t size,
		       struct fault *f)
{
	uint8_t got[DIGEST_SIZE];

	digest_of(p, size, got);
	if (digest_equal(got, u->m->digest))
		return 0;
	u->code = CODE_HASH;
	return fault_set(f, -EBADMSG, "digest of the whole differs", 0);
}

static int decode(struct unpack *u, const uint8_t *p, size_t size,
		  struct fault *f)
{
	struct stream s = {.u = u, .f = f};
	struct fetch_error e = {0};
	int ret;

	cpio_decode_init(&u->decoder, &unpackfs_sink, u, u->m->inodes,
			 u->m->unpacked);
	ret = inflate_run(p, size, feed, &s, "archive", f, &e);
	if (e.code != CODE_NONE) {
		u->code = e.code;
		return caged(ret, &e, f);
	}
	if (ret && !s.decoding)
		u->code = CODE_GZIP;
	if (!ret)
		ret = cpio_decode_end(&u->decoder, f);
	if (!ret && !u->list_seen)
		ret = fault_set(f, -EBADMSG, "has no " OVL_MEMBER, 0);
	return ret ? ret : unpackmeta_apply(u, f);
}

static int unpack_file(struct unpack *u, int fd, struct fault *f)
{
	size_t size = u->m->size;
	uint8_t *p = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	int ret;

	if (p == MAP_FAILED || get_memory(u)) {
		u->code = CODE_MEM;
		ret = fault_set(f, -ENOMEM, "no memory to unpack in", 0);
	} else {
		ret = check_whole(u, p, size, f);
		if (!ret)
			ret = decode(u, p, size, f);
	}
	put_memory(u);
	if (p != MAP_FAILED)
		munmap(p, size);
	if (u->fd >= 0)
		close(u->fd);
	if (u->dir >= 0)
		close(u->dir);
	return ret;
}

static int refused(struct boot *b, const struct unpack *u,
		   const struct fault *f, int err)
{
	/* the decoder refuses a member before its name is anybody's */
	return fetch_fail(&b->error, u->code, "overlay %.*s: %s%.60s: %s",
			  (int)(u->m->name.n > 40 ? 40 : u->m->name.n),
			  u->m->name.p,
			  u->blamed || !u->path[0] ? "" : "after ",
			  u->path[0] ? u->path : "archive",
			  f->why ? f->why : strerror(-err));
}

static int unpack_layer(struct boot *b, const struct manifest_layer *m, int fd,
			const char *path)
{
	struct unpack *u = &unpack;
	struct fault f = {0};
	int ret = mount_layer(b, m, path);

	if (ret)
		return ret;
	memset(u, 0, sizeof(*u));
	u->m = m;
	u->base = b->manifest.layers[b->role->base].digest;
	u->grants = b->role->grants;
	u->code = CODE_CPIO;
	u->fd = u->dir = -1;
	u->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (u->root < 0)
		return fetch_fail(&b->error, CODE_SYS, "%s: %s", path,
				  strerror(errno));
	ret = unpack_file(u, fd, &f);
	close(u->root);
	if (ret)
		return refused(b, u, &f, ret);
	if (mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL))
		return fetch_fail(&b->error, CODE_MOUNT, "%s: read-only: %s",
				  path, strerror(errno));
	console_say("unpacked overlay %.*s: %llu entries", (int)m->name.n,
		    m->name.p, (unsigned long long)u->decoder.entries);
	return 0;
}

static int run(struct boot *b, unsigned int i)
{
	char path[16];

	layer_path(path, i);
	return unpack_layer(b, b->layers.m[i], b->layers.files[i], path);
}

int unpack_start(struct boot *b, unsigned int i)
{
	b->layers.unpack_ms[i][0] = clock_ms();
	return beside_start(b, i, run);
}

int unpack_end(struct boot *b, unsigned int i)
{
	struct layers *s = &b->layers;
	int ret = beside_end(b, i, "unpacks");

	/* its memory is wanted */
	close(s->files[i]);
	s->files[i] = -1;
	s->unpack_ms[i][1] = clock_ms();
	return ret;
}

int unpack_overlays(struct boot *b)
{
	for (unsigned int i = 0; i < b->role->n_overlays; i++) {
		int ret = b->layers.said[i] < 0 ? 0 : unpack_end(b, i);

		if (ret)
			return ret;
	}
	return 0;
}

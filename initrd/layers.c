// SPDX-License-Identifier: MIT
/*
 * layers.c - each layer into a file that has its full size before or while its
 * first bytes arrive, all of them at once, every chunk proven against the
 * signed index. Nothing mounts or unpacks a file that did not come out whole.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "beside.h"
#include "boot.h"
#include "console.h"
#include "local.h"
#include "memory.h"
#include "sys.h"
#include "unpack.h"

#define STORE_FILE   BOOT_STORE "/layer"
#define STORE_SLACK  (16 * MEMORY_PAGE)
#define RESERVE_STEP (256ull << 10)

/*
 * Plain pages: a large one is cleared whole when its first byte is written,
 * under the file's lock, where all workers then wait. Where nothing has to be
 * cleared that would be three times as fast, but a hypervisor that takes back
 * what is free takes the large ones, and lends each again at 4 ms.
 */
static int mount_store(struct boot *b)
{
	char options[96];

	mkdir(BOOT_STORE, 0700);
	snprintf(options, sizeof(options), "mode=0700,nr_inodes=64,size=%llu",
		 (unsigned long long)(memory_store(b) + STORE_SLACK));
	if (mount("slipway", BOOT_STORE, "tmpfs",
		  MS_NOSUID | MS_NODEV | MS_NOEXEC, options))
		return fetch_fail(&b->error, CODE_SYS, "%s: mount: %s",
				  BOOT_STORE, strerror(errno));
	return 0;
}

static int get_index(struct boot *b, unsigned int i)
{
	struct layers *s = &b->layers;
	const struct manifest_layer *m = s->m[i];
	const char *name = s->names[i];
	char rel[16 + DIGEST_HEX + 8], hex[DIGEST_HEX + 1];
	size_t size = m->index_size;
	struct fault f = {0};
	int ret;

	if (m->index_size > INDEX_SIZE_MAX)
		return fetch_fail(&b->error, CODE_INDEX,
				  "%s: index too large (%llu bytes)", name,
				  (unsigned long long)m->index_size);
	s->indexes[i] = mmap(NULL, size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->indexes[i] == MAP_FAILED) {
		s->indexes[i] = NULL;
		return fetch_fail(&b->error, CODE_MEM, "%s: index: %s", name,
				  strerror(errno));
	}
	digest_hex(m->digest, hex);
	snprintf(rel, sizeof(rel), "layers/%s.index", hex);
	ret = b->tree >= 0
		      ? local_blob(b, rel, s->indexes[i], size, &size, m->index)
		      : fetch_blob(&b->fetch, rel, s->indexes[i], size, &size,
				   m->index, NULL, NULL, &b->error);
	if (ret)
		return ret;
	if (index_open(&s->l[i].ix, s->indexes[i], size, &f))
		return fetch_fail(&b->error, CODE_INDEX, "%s: index: %s", name,
				  f.why);
	if (s->l[i].ix.layer_size != m->size)
		return fetch_fail(&b->error, CODE_INDEX,
				  "%s: index of another size (expected %llu, "
				  "got %llu)",
				  name, (unsigned long long)m->size,
				  (unsigned long long)s->l[i].ix.layer_size);
	return 0;
}

static int no_space(struct boot *b, unsigned int i, int err)
{
	return fetch_fail(&b->error, err == -ENOSPC ? CODE_SPACE : CODE_SYS,
			  "%s: no room for %llu bytes: %s", b->layers.names[i],
			  (unsigned long long)b->layers.m[i]->size,
			  strerror(-err));
}

/* It has no name any more, and no pages yet. */
static int make_file(struct boot *b, unsigned int i)
{
	struct layers *s = &b->layers;
	int fd;

	fd = open(STORE_FILE, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return no_space(b, i, -errno);
	s->l[i].fd = fd;
	s->files[i] = open(STORE_FILE, O_RDONLY | O_CLOEXEC);
	unlink(STORE_FILE);
	return s->files[i] < 0 ? no_space(b, i, -errno) : 0;
}

/* In steps, as writers wait for each. */
static int reserve(struct boot *b, unsigned int i)
{
	uint64_t size = b->layers.m[i]->size, at, n;
	int ret = 0;

	for (at = 0; !ret && at < size; at += n) {
		n = size - at < RESERVE_STEP ? size - at : RESERVE_STEP;
		ret = sys_fallocate(b->layers.l[i].fd, at, n);
	}
	return ret ? no_space(b, i, ret) : 0;
}

/*
 * The base's pages are got beside all that follows, the indexes first: 0.25 s
 * a GiB, in which nothing else happened. It is faster than what is written to
 * them, and where it is not, what is written gets its own.
 */
static int begin_base(struct boot *b)
{
	unsigned int i = b->layers.n - 1;
	int ret = make_file(b, i);

	return ret ? ret : beside_start(b, i, reserve);
}

static int begin_overlay(struct boot *b, unsigned int i)
{
	int ret = make_file(b, i);

	return ret ? ret : reserve(b, i);
}

/* As many overlays as there is room for; the first when there is any. */
static int admit(struct boot *b)
{
	struct layers *s = &b->layers;

	for (unsigned int i = 0; i < s->n; i++) {
		uint64_t need = memory_pages(s->m[i]->size);
		bool base = s->m[i]->kind == MANIFEST_BASE;
		int ret;

		if (!s->l[i].held)
			continue;
		if (!base && need > s->room)
			continue;
		ret = base || b->tree_stays ? 0 : begin_overlay(b, i);
		if (ret)
			return ret;
		if (!base)
			s->room -= need;
		s->l[i].held = false;
	}
	return 0;
}

static void verified(const struct layers *s, unsigned int i)
{
	const struct fetch_layer *l = &s->l[i];
	uint64_t ms = l->stop_ms - l->start_ms;
	char size[24];

	console_say("verified %s %s in %llu chunks, %llu MB/s", s->names[i],
		    console_mb(l->ix.layer_size, size),
		    (unsigned long long)l->ix.n,
		    (unsigned long long)(l->ix.layer_size / 1000 / (ms + 1)));
}

static int whole(void *user, unsigned int i, struct fetch_error *e)
{
	struct boot *b = user;
	struct layers *s = &b->layers;

	if (s->l[i].fd >= 0)
		close(s->l[i].fd);
	s->l[i].fd = -1;
	verified(s, i);
	if (s->m[i]->kind != MANIFEST_BASE)
		return unpack_start(b, i);
	/* nobody else may have it open for writing when it is mounted */
	return s->said[i] < 0 ? 0 : beside_end(b, i, "makes room for");
}

/* An overlay is unpacked: the room of its file is the next one's. */
static int ready(void *user, unsigned int i, struct fetch_error *e)
{
	struct boot *b = user;
	int ret;

	if (b->layers.m[i]->kind == MANIFEST_BASE)
		return beside_end(b, i, "makes room for");
	ret = unpack_end(b, i);
	if (ret)
		return ret;
	b->layers.room += memory_pages(b->layers.m[i]->size);
	return admit(b);
}

static void describe(struct boot *b)
{
	const struct manifest_layer *layers = b->manifest.layers;
	const struct manifest_role *r = b->role;
	struct layers *s = &b->layers;

	s->n = r->n_overlays + 1;
	s->room = memory_window(b);
	for (unsigned int i = 0; i < s->n; i++) {
		bool base = i == r->n_overlays;
		const struct manifest_layer *m =
			&layers[base ? r->base : r->overlays[i]];
		char name[TEXT_NAME_MAX + 1], hex[DIGEST_HEX + 1];

		text_copy(name, sizeof(name), m->name);
		digest_hex(m->digest, hex);
		snprintf(s->names[i], sizeof(s->names[i]), "%s %.48s",
			 base ? "base" : "overlay", name);
		snprintf(s->rels[i], sizeof(s->rels[i]), "layers/%s.%s", hex,
			 base ? "squashfs" : "cpio.gz");
		s->m[i] = m;
		s->files[i] = s->said[i] = -1;
		s->l[i] = (struct fetch_layer){
			.rel = s->rels[i],
			.name = s->names[i],
			.fd = -1,
			.held = true,
		};
	}
}

/* A layer to begin with, or -1: all that are left wait for room. */
static int next_local(const struct layers *s, bool *left)
{
	*left = false;
	for (unsigned int i = 0; i < s->n; i++) {
		*left |= !s->l[i].done;
		if (!s->l[i].done && !s->l[i].held)
			return i;
	}
	return -1;
}

static int await_ready(struct boot *b)
{
	struct layers *s = &b->layers;
	unsigned int i = 0;

	while (s->said[i] < 0)
		i++;
	return ready(b, i, &b->error);
}

/* From files, one after another, as disks like it. */
static int load_local(struct boot *b)
{
	bool left;
	int ret = 0, i;

	while (!ret) {
		i = next_local(&b->layers, &left);
		if (i < 0 && !left)
			break;
		if (i < 0) {
			ret = await_ready(b);
			continue;
		}
		ret = local_layer(b, i);
		if (!ret)
			ret = whole(b, i, &b->error);
	}
	return ret;
}

int layers_load(struct boot *b)
{
	struct layers *s = &b->layers;
	const struct fetch_watch watch = {
		.whole = whole,
		.ready = ready,
		.fds = s->said,
		.n_fds = b->role->n_overlays + 1,
		.user = b,
	};
	int ret;

	describe(b);
	ret = mount_store(b);
	if (!ret && !b->tree_stays)
		ret = begin_base(b);
	for (unsigned int i = 0; !ret && i < s->n; i++)
		ret = get_index(b, i);
	/* what it holds open is wanted by the workers */
	fetch_close(&b->fetch);
	if (!ret)
		ret = admit(b);
	if (!ret)
		ret = b->tree >= 0 ? load_local(b)
				   : fetch_layers(&b->fetch, s->l, s->n, &watch,
						  &b->error);
	for (unsigned int i = 0; i < s->n; i++)
		if (s->indexes[i])
			munmap(s->indexes[i], s->m[i]->index_size);
	if (ret)
		return ret;
	b->base_fd = s->files[s->n - 1];
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * layers.c - each layer into a file that has its full size before the first
 * byte arrives, every chunk proven against the signed index. Nothing mounts
 * or unpacks a file that did not come out of layers_fetch() whole.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "console.h"
#include "layers.h"
#include "memory.h"
#include "sys.h"

#define STORE_FILE  BOOT_STORE "/layer"
#define STORE_SLACK (16 * MEMORY_PAGE)

/* A layer on its way. */
struct transfer {
	const struct manifest_layer *m;
	char name[64]; /* for messages */
	char hex[DIGEST_HEX + 1];
	int fd;
	uint8_t *map, *index;
	struct index ix;
};

static int mount_store(struct boot *b)
{
	char options[96];

	mkdir(BOOT_STORE, 0700);
	snprintf(options, sizeof(options), "mode=0700,nr_inodes=16,size=%llu",
		 (unsigned long long)(memory_store(b) + STORE_SLACK));
	if (mount("slipway", BOOT_STORE, "tmpfs",
		  MS_NOSUID | MS_NODEV | MS_NOEXEC, options))
		return fetch_fail(&b->error, CODE_SYS, "%s: mount: %s",
				  BOOT_STORE, strerror(errno));
	return 0;
}

static int get_index(struct boot *b, struct transfer *t)
{
	char rel[16 + DIGEST_HEX + 8];
	size_t size = t->m->index_size;
	struct fault f = {0};
	int ret;

	if (t->m->index_size > INDEX_SIZE_MAX)
		return fetch_fail(&b->error, CODE_INDEX,
				  "%s: index too large (%llu bytes)", t->name,
				  (unsigned long long)t->m->index_size);
	t->index = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (t->index == MAP_FAILED) {
		t->index = NULL;
		return fetch_fail(&b->error, CODE_MEM, "%s: index: %s", t->name,
				  strerror(errno));
	}
	snprintf(rel, sizeof(rel), "layers/%s.index", t->hex);
	ret = fetch_blob(&b->fetch, rel, t->index, size, &size, t->m->index,
			 NULL, NULL, &b->error);
	if (ret)
		return ret;
	if (index_open(&t->ix, t->index, size, &f))
		return fetch_fail(&b->error, CODE_INDEX, "%s: index: %s",
				  t->name, f.why);
	if (t->ix.layer_size != t->m->size)
		return fetch_fail(&b->error, CODE_INDEX,
				  "%s: index of another size (expected %llu, "
				  "got %llu)",
				  t->name, (unsigned long long)t->m->size,
				  (unsigned long long)t->ix.layer_size);
	return 0;
}

static int no_space(struct boot *b, const struct transfer *t, int err)
{
	return fetch_fail(&b->error, err == -ENOSPC ? CODE_SPACE : CODE_SYS,
			  "%s: no room for %llu bytes: %s", t->name,
			  (unsigned long long)t->m->size, strerror(-err));
}

static int make_file(struct boot *b, struct transfer *t)
{
	int ret;

	t->fd = open(STORE_FILE, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (t->fd < 0)
		return no_space(b, t, -errno);
	ret = sys_fallocate(t->fd, t->m->size);
	if (ret)
		return no_space(b, t, ret);
	t->map = mmap(NULL, t->m->size, PROT_READ | PROT_WRITE, MAP_SHARED,
		      t->fd, 0);
	if (t->map == MAP_FAILED) {
		t->map = NULL;
		return no_space(b, t, -errno);
	}
	return 0;
}

static int get_bytes(struct boot *b, struct transfer *t)
{
	bool base = t->m->kind == MANIFEST_BASE;
	char rel[16 + DIGEST_HEX + 16], size[24];
	uint64_t start = sys_now_ms(), ms;
	uint8_t got[DIGEST_SIZE];
	int ret;

	snprintf(rel, sizeof(rel), "layers/%s.%s", t->hex,
		 base ? "squashfs" : "cpio.gz");
	ret = fetch_layer(&b->fetch, rel, t->name, &t->ix, t->map, &b->error);
	if (ret)
		return ret;
	ms = sys_now_ms() - start;
	/* small, so it costs nothing to hold it against its name as well */
	if (!base) {
		digest_of(t->map, t->m->size, got);
		if (!digest_equal(got, t->m->digest))
			return fetch_fail(&b->error, CODE_HASH,
					  "%s: digest of the whole differs",
					  t->name);
	}
	console_say("verified %s %s in %llu chunks, %llu MB/s", t->name,
		    console_mb(t->m->size, size), (unsigned long long)t->ix.n,
		    (unsigned long long)(t->m->size / 1000 / (ms + 1)));
	return 0;
}

/* From here on the file has no writer, and its name is gone. */
static int seal(struct boot *b, struct transfer *t, int *fd)
{
	*fd = open(STORE_FILE, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return fetch_fail(&b->error, CODE_SYS, "%s: %s", t->name,
				  strerror(errno));
	return 0;
}

static void drop(struct transfer *t)
{
	if (t->map)
		munmap(t->map, t->m->size);
	if (t->index)
		munmap(t->index, t->m->index_size);
	if (t->fd >= 0) {
		close(t->fd);
		unlink(STORE_FILE);
	}
}

int layers_fetch(struct boot *b, const struct manifest_layer *m, int *fd)
{
	struct transfer t = {.m = m, .fd = -1};
	char name[TEXT_NAME_MAX + 1];
	int ret;

	text_copy(name, sizeof(name), m->name);
	snprintf(t.name, sizeof(t.name), "%s %.48s",
		 m->kind == MANIFEST_BASE ? "base" : "overlay", name);
	digest_hex(m->digest, t.hex);
	ret = get_index(b, &t);
	if (!ret)
		ret = make_file(b, &t);
	if (!ret)
		ret = get_bytes(b, &t);
	if (!ret)
		ret = seal(b, &t, fd);
	drop(&t);
	return ret;
}

int layers_base(struct boot *b)
{
	int ret = mount_store(b);

	if (ret)
		return ret;
	return layers_fetch(b, &b->manifest.layers[b->role->base], &b->base_fd);
}

// SPDX-License-Identifier: MIT
/*
 * memory.c - will it fit? Asked before the first layer byte: a machine that
 * runs out of memory in the middle of a boot cannot say why.
 */
#include "console.h"
#include "file.h"
#include "memory.h"
#include "modules.h"
#include "walk.h"

#define INODE	    1024ull /* of a tmpfs, in kernel memory */
#define RESERVE	    (32ull << 20)
#define MIB	    (1ull << 20)
#define MEMINFO_MAX 8192

/* a + b, where ~0 is "too much" and stays so */
static uint64_t plus(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? ~0ull : sum;
}

uint64_t memory_pages(uint64_t size)
{
	uint64_t up = plus(size, MEMORY_PAGE - 1);

	return up == ~0ull ? up : up & ~(MEMORY_PAGE - 1);
}

/* The largest overlay file, and all of them together. */
static uint64_t overlay_files(const struct boot *b, uint64_t *all)
{
	const struct manifest_layer *layers = b->manifest.layers;
	uint64_t largest = 0;

	*all = 0;
	for (unsigned int i = 0; i < b->role->n_overlays; i++) {
		uint64_t size = memory_pages(layers[b->role->overlays[i]].size);

		if (size > largest)
			largest = size;
		*all = plus(*all, size);
	}
	return largest;
}

uint64_t memory_window(const struct boot *b)
{
	uint64_t all, largest = overlay_files(b, &all);

	return all - largest <= b->spare ? all : largest;
}

uint64_t memory_store(const struct boot *b)
{
	const struct manifest_layer *base = &b->manifest.layers[b->role->base];

	return plus(memory_pages(base->size), memory_window(b));
}

/* Bytes that it takes when it is unpacked, ~0 on overflow. */
static uint64_t overlay(const struct manifest_layer *m)
{
	uint64_t inodes;

	if (__builtin_mul_overflow(m->inodes, INODE, &inodes))
		return ~0ull;
	return plus(memory_pages(m->unpacked), inodes);
}

static uint64_t needed(const struct boot *b)
{
	const struct manifest_layer *layers = b->manifest.layers;
	const struct manifest_layer *base = &layers[b->role->base];
	uint64_t sum = 0, all;

	/* those of a ramdisk are in memory already */
	if (!b->tree_stays)
		sum = plus(memory_pages(base->size), overlay_files(b, &all));
	sum = plus(plus(sum, base->index_size), RESERVE);
	for (unsigned int i = 0; i < b->role->n_overlays; i++) {
		const struct manifest_layer *m = &layers[b->role->overlays[i]];

		sum = plus(plus(sum, overlay(m)), m->index_size);
	}
	return sum;
}

/* A line of /proc/meminfo in bytes; 0 when the kernel does not say. */
static uint64_t meminfo(const char *what)
{
	static char text[MEMINFO_MAX];
	struct span rest = {text, 0}, line, key, value, number;
	int n = file_read("/proc/meminfo", text, sizeof(text));
	uint64_t kib;
	bool whole;

	rest.n = n < 0 ? 0 : n;
	while (text_line(&rest, &line, &whole)) {
		text_cut(line, ':', &key, &value);
		if (!span_is(key, what))
			continue;
		while (value.n && *value.p == ' ') {
			value.p++;
			value.n--;
		}
		text_cut(value, ' ', &number, &line);
		if (text_u64(number, &kib) || kib > UINT64_MAX / 1024)
			return 0;
		return kib * 1024;
	}
	return 0;
}

void memory_sample(struct boot *b)
{
	uint64_t all = meminfo("MemTotal"), have = meminfo("MemAvailable");

	if (have && all > have && all - have > b->memory)
		b->memory = all - have;
}

/*
 * Drivers are in the kernel by now: the memory of their files is better used,
 * up to 70 MB of it. A rescue shell may still want them.
 */
static void drop_modules(const struct boot *b)
{
	if (b->policy.rescue)
		return;
	walk_empty("/lib/modules");
	walk_empty("/lib/firmware");
}

int memory_check(struct boot *b)
{
	uint64_t need = needed(b), have;
	int ret = modules_join(b);

	if (ret)
		return ret;
	drop_modules(b);
	have = meminfo("MemAvailable");
	if (need > have)
		return fetch_fail(&b->error, CODE_MEM,
				  "role %.*s: not enough memory (needs %llu "
				  "MiB, has %llu MiB)",
				  (int)b->role->name.n, b->role->name.p,
				  (unsigned long long)(need / MIB + 1),
				  (unsigned long long)(have / MIB));
	b->spare = have - need;
	console_say("memory: needs %llu MiB of %llu",
		    (unsigned long long)(need / MIB + 1),
		    (unsigned long long)(have / MIB));
	return 0;
}

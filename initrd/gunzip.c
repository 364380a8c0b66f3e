// SPDX-License-Identifier: MIT
/*
 * gunzip.c - RFC 1952 narrowed to what our packer writes: header of ten bytes
 * without options, one deflate stream, its CRC and length, the end.
 */
#include <zlib.h>
#include "gunzip.h"

#define HEAD  10
#define TAIL  8
#define CHUNK (64u << 10)

/* zlib asks for its state and one window, once; freed as a whole. */
static struct {
	uint8_t room[64 << 10] __attribute__((aligned(16)));
	size_t used;
} arena;

static void *arena_get(void *opaque, unsigned int n, unsigned int size)
{
	size_t want;
	void *p;

	if (__builtin_mul_overflow((size_t)n, (size_t)size, &want) ||
	    want > sizeof(arena.room) - arena.used)
		return NULL;
	p = arena.room + arena.used;
	arena.used += (want + 15) & ~(size_t)15;
	if (arena.used > sizeof(arena.room))
		arena.used = sizeof(arena.room);
	return p;
}

static void arena_put(void *opaque, void *p)
{
}

static uint32_t get_le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static int check_head(const uint8_t *p, size_t size, struct fault *f)
{
	if (size < HEAD + TAIL)
		return fault_set(f, -EBADMSG, "too short for gzip", size);
	if (p[0] == 0x28 && p[1] == 0xb5)
		return fault_set(f, -EBADMSG, "zstd, not gzip", 0);
	if (p[0] == 0xfd && p[1] == '7')
		return fault_set(f, -EBADMSG, "xz, not gzip", 0);
	if (p[0] != 0x1f || p[1] != 0x8b)
		return fault_set(f, -EBADMSG, "not gzip", 0);
	if (p[2] != 8)
		return fault_set(f, -EBADMSG, "gzip method is not deflate", 2);
	if (p[3])
		return fault_set(f, -EBADMSG, "gzip header with options", 3);
	return 0;
}

static int check_tail(const z_stream *z, uint32_t crc, uint64_t total,
		      struct fault *f)
{
	uint64_t at = HEAD + z->total_in;

	if (z->avail_in != TAIL)
		return fault_set(f, -EBADMSG,
				 z->avail_in < TAIL ? "gzip stream is cut"
						    : "bytes after gzip stream",
				 at);
	if (get_le32(z->next_in) != crc)
		return fault_set(f, -EBADMSG, "gzip CRC differs", at);
	if (get_le32(z->next_in + 4) != (uint32_t)total)
		return fault_set(f, -EBADMSG, "gzip length differs", at + 4);
	return 0;
}

int gunzip_run(const uint8_t *p, size_t size,
	       int (*out)(void *user, const void *p, size_t size), void *user,
	       struct fault *f)
{
	static uint8_t buf[CHUNK];
	z_stream z = {.zalloc = arena_get, .zfree = arena_put};
	uint32_t crc = crc32(0, NULL, 0);
	uint64_t total = 0;
	int ret = check_head(p, size, f), state = Z_OK;

	if (ret)
		return ret;
	if (size - HEAD > UINT32_MAX)
		return fault_set(f, -EBADMSG, "gzip larger than 4 GiB", 0);
	arena.used = 0;
	z.next_in = (uint8_t *)p + HEAD;
	z.avail_in = size - HEAD;
	if (inflateInit2(&z, -15) != Z_OK)
		return fault_set(f, -EBADMSG, "inflate will not start", 0);
	while (state == Z_OK) {
		size_t n;

		z.next_out = buf;
		z.avail_out = sizeof(buf);
		state = inflate(&z, Z_NO_FLUSH);
		n = sizeof(buf) - z.avail_out;
		crc = crc32(crc, buf, n);
		total += n;
		ret = n ? out(user, buf, n) : 0;
		if (ret)
			return ret;
	}
	if (state == Z_BUF_ERROR)
		return fault_set(f, -EBADMSG, "gzip stream is cut",
				 HEAD + z.total_in);
	if (state != Z_STREAM_END)
		return fault_set(f, -EBADMSG, "gzip stream is damaged",
				 HEAD + z.total_in);
	return check_tail(&z, crc, total, f);
}

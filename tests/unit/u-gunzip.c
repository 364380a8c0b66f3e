// SPDX-License-Identifier: MIT
/* u-gunzip.c - one plain gzip member and nothing else. */
#include <zlib.h>
#include "unit.h"

/* /init's file itself: it is in no library */
#include "gunzip.c"

#define TEXT_MAX 100000

static uint8_t file[TEXT_MAX], text[TEXT_MAX];
static size_t out_n;

/* Text that deflates to more than one block's worth of symbols. */
static void make_text(void)
{
	uint32_t x = 1;

	for (size_t i = 0; i < TEXT_MAX; i++) {
		x = x * 1103515245 + 12345;
		text[i] = i % 3 ? 'a' + (x >> 16) % 8 : ' ';
	}
}

static size_t make_gzip(size_t n)
{
	uint8_t *tail;
	z_stream z = {0};
	uint32_t crc = crc32(crc32(0, NULL, 0), text, n);

	memcpy(file, "\x1f\x8b\x08\0\0\0\0\0\2\xff", HEAD);
	CHECK(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) ==
	      Z_OK);
	z.next_in = text;
	z.avail_in = n;
	z.next_out = file + HEAD;
	z.avail_out = sizeof(file) - HEAD - TAIL;
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	tail = z.next_out;
	deflateEnd(&z);
	for (int i = 0; i < 4; i++) {
		tail[i] = crc >> (8 * i);
		tail[4 + i] = n >> (8 * i);
	}
	return tail + TAIL - file;
}

static int compare(void *user, const void *p, size_t size)
{
	if (size > TEXT_MAX - out_n || memcmp(text + out_n, p, size))
		return -EIO;
	out_n += size;
	return 0;
}

static int run(size_t size, struct fault *f)
{
	memset(f, 0, sizeof(*f));
	out_n = 0;
	return gunzip_run(file, size, compare, NULL, f);
}

static void whole(void)
{
	static const size_t sizes[] = {0, 1, 4096, TEXT_MAX};
	struct fault f;

	make_text();
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		CHECK_INT(run(make_gzip(sizes[i]), &f), 0);
		CHECK_INT(out_n, sizes[i]);
	}
}

static void cut_anywhere(void)
{
	struct fault f;
	size_t n = make_gzip(2000);

	for (size_t cut = 0; cut < n; cut++)
		CHECK_INT(run(cut, &f), -EBADMSG);
}

static void changed(void)
{
	static const struct {
		const char *name;
		long at; /* from the end when negative */
		uint8_t value;
		const char *why;
	} rows[] = {
		{"magic", 0, 'P', "not gzip"},
		{"zstd", 0, 0x28, "not gzip"},
		{"method", 2, 7, "gzip method is not deflate"},
		{"text flag", 3, 1, "gzip header with options"},
		{"name flag", 3, 8, "gzip header with options"},
		{"reserved flag", 3, 0x80, "gzip header with options"},
		{"block type", 10, 7, "gzip stream is damaged"},
		{"crc", -8, 0xa5, "gzip CRC differs"},
		{"length", -1, 0xa5, "gzip length differs"},
	};
	struct fault f;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t n = make_gzip(2000);

		unit_row = rows[i].name;
		file[rows[i].at < 0 ? n + rows[i].at : (size_t)rows[i].at] =
			rows[i].value;
		CHECK_INT(run(n, &f), -EBADMSG);
		CHECK_STR(f.why, rows[i].why);
	}
}

static void more_behind(void)
{
	struct fault f;
	size_t n = make_gzip(2000);

	file[n] = 0;
	CHECK_INT(run(n + 1, &f), -EBADMSG);
	CHECK_STR(f.why, "bytes after gzip stream");
	memcpy(file + n, file, n);
	CHECK_INT(run(2 * n, &f), -EBADMSG);
	CHECK_STR(f.why, "bytes after gzip stream");
}

static int stop(void *user, const void *p, size_t size)
{
	return -ENOSPC;
}

static void user_stops(void)
{
	struct fault f = {0};

	CHECK_INT(gunzip_run(file, make_gzip(2000), stop, NULL, &f), -ENOSPC);
}

UNIT_MAIN(UNIT_CASE(whole), UNIT_CASE(cut_anywhere), UNIT_CASE(changed),
	  UNIT_CASE(more_behind), UNIT_CASE(user_stops))

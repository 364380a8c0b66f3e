// SPDX-License-Identifier: MIT
/*
 * press.c - compression in memory: the initrd's own, and modules' undone.
 */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <zstd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "press.h"

#define LEVEL 19
/* what the kernel must set aside to unpack: 8 MiB */
#define WINDOW_LOG 23

static void set(ZSTD_CCtx *c, ZSTD_cParameter key, int value)
{
	size_t err = ZSTD_CCtx_setParameter(c, key, value);

	if (ZSTD_isError(err))
		die("zstd: %s", ZSTD_getErrorName(err));
}

void *press_zstd(const void *p, size_t size, size_t *out_size)
{
	size_t room = ZSTD_compressBound(size), n;
	ZSTD_CCtx *c = ZSTD_createCCtx();
	void *out = xmalloc(room);

	if (!c)
		die("zstd: no memory");
	set(c, ZSTD_c_compressionLevel, LEVEL);
	set(c, ZSTD_c_windowLog, WINDOW_LOG);
	/* without a worker thread the bytes differ from those with some */
	set(c, ZSTD_c_nbWorkers, 2);
	n = ZSTD_compress2(c, out, room, p, size);
	if (ZSTD_isError(n))
		die("zstd: %s", ZSTD_getErrorName(n));
	ZSTD_freeCCtx(c);
	*out_size = n;
	return out;
}

static void bad(const char *what, struct archive *a)
{
	die("%s: %s", what, archive_error_string(a));
}

void *press_undo(const char *what, const void *p, size_t size, size_t max,
		 size_t *out_size)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	size_t room = 4 * size + 4096, n = 0;
	char *out = xmalloc(room);
	la_ssize_t got;

	archive_read_support_filter_all(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, p, size) ||
	    archive_read_next_header(a, &e))
		bad(what, a);
	while ((got = archive_read_data(a, out + n, room - n)) > 0) {
		n += got;
		if (n > max)
			die("%s: larger than %zu bytes unpacked", what, max);
		if (n == room)
			out = xrealloc(out, room *= 2, 1);
	}
	if (got < 0)
		bad(what, a);
	archive_read_free(a);
	*out_size = n;
	return out;
}

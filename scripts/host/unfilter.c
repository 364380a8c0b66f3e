/* SPDX-License-Identifier: MIT */
/* unfilter.c - what is compressed, plain, through libarchive. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include "alloc.h"
#include "error.h"
#include "unfilter.h"

struct unfilter {
	struct archive *a;
	tarread_source source;
	void *from;
	char *why;
	bool opened, ended;
};

static ssize_t next(struct archive *a, void *user, const void **p)
{
	struct unfilter *u = user;
	ssize_t n = u->source(u->from, p, &u->why);

	if (n < 0)
		archive_set_error(a, EIO, "%s", u->why ? u->why : "unreadable");
	return n < 0 ? -1 : n;
}

/* By name: of all that libarchive knows some run programs. */
struct unfilter *unfilter_open(tarread_source source, void *from)
{
	struct unfilter *u = xcalloc(1, sizeof(*u));

	u->a = archive_read_new();
	if (!u->a)
		die("libarchive: out of memory");
	u->source = source;
	u->from = from;
	archive_read_support_filter_gzip(u->a);
	archive_read_support_filter_zstd(u->a);
	archive_read_support_filter_bzip2(u->a);
	archive_read_support_filter_xz(u->a);
	archive_read_support_format_raw(u->a);
	archive_read_support_format_empty(u->a);
	return u;
}

static ssize_t failed(struct unfilter *u, char **why)
{
	const char *text = archive_error_string(u->a);

	*why = xstrdup(text ? text : "does not unpack");
	return -EIO;
}

static int begin(struct unfilter *u)
{
	struct archive_entry *ae;
	int got;

	u->opened = true;
	if (archive_read_open(u->a, u, NULL, next, NULL))
		return -EIO;
	got = archive_read_next_header(u->a, &ae);
	u->ended = got == ARCHIVE_EOF;
	return got == ARCHIVE_OK || got == ARCHIVE_EOF ? 0 : -EIO;
}

ssize_t unfilter_next(void *user, const void **p, char **why)
{
	struct unfilter *u = user;
	int64_t offset;
	size_t n = 0;
	int got;

	if (!u->opened && begin(u))
		return failed(u, why);
	while (!u->ended && !n) {
		got = archive_read_data_block(u->a, p, &n, &offset);
		u->ended = got == ARCHIVE_EOF;
		if (got != ARCHIVE_OK && got != ARCHIVE_EOF)
			return failed(u, why);
	}
	return u->ended ? 0 : n;
}

void unfilter_close(struct unfilter *u)
{
	archive_read_free(u->a);
	free(u->why);
	free(u);
}

/* SPDX-License-Identifier: MIT */
/* cpiobuild.h - what the tests of cpio.c share: an archive to add to, and a
 * sink that writes down what the decoder tells it. */
#ifndef CPIOBUILD_H
#define CPIOBUILD_H

#include "format/cpio.h"
#include "unit.h"

#define DIR 0040755
#define REG 0100644
#define LNK 0120777
#define CHR 0020600
#define MAX 0xffffffffu

static char archive[16384], said[16384];
static size_t size, said_n;
static int stop_at; /* the sink's call that fails, counted from 1 */

/* What the decoder tells, as text; data() calls of one file run together. */
static inline void say(const char *p, size_t n)
{
	CHECK(n <= sizeof(said) - said_n);
	memcpy(said + said_n, p, n);
	said_n += n;
}

static inline int stopped(void)
{
	return stop_at && !--stop_at ? -EIO : 0;
}

static inline int on_begin(void *user, const struct cpio_entry *e,
			   struct fault *f)
{
	char line[64];

	CHECK(user == said);
	CHECK_INT(strlen(e->name), e->name_len);
	snprintf(line, sizeof(line), " %o %u %u.%u %u %u.%u %u %u\n[", e->mode,
		 e->ino, e->uid, e->gid, e->nlink, e->rmajor, e->rminor,
		 e->mtime, e->filesize);
	say(e->name, e->name_len);
	say(line, strlen(line));
	return stopped();
}

static inline int on_data(void *user, const void *p, size_t n, struct fault *f)
{
	CHECK(n > 0);
	say(p, n);
	return stopped();
}

static inline int on_end(void *user, struct fault *f)
{
	say("]\n", 2);
	return stopped();
}

static const struct cpio_sink sink = {on_begin, on_data, on_end};
static struct cpio_decoder d;

static inline void add_bytes(const void *p, size_t n)
{
	CHECK(n <= sizeof(archive) - size - 3);
	memcpy(archive + size, p, n);
	size += n;
	while (size % 4)
		archive[size++] = 0;
}

static inline void add(const struct cpio_entry *e, const char *data)
{
	int n = cpio_encode(archive + size, sizeof(archive) - size, e);

	CHECK(n > 0 && n % 4 == 0);
	size += n;
	if (data)
		add_bytes(data, strlen(data));
}

static inline void add_named(const char *name, uint32_t mode, const char *data)
{
	struct cpio_entry e = {.ino = 1,
			       .mode = mode,
			       .nlink = 1,
			       .name = name,
			       .name_len = strlen(name),
			       .filesize = data ? strlen(data) : 0};

	add(&e, data);
}

static inline void add_trailer(void)
{
	struct cpio_entry e = {.nlink = 1,
			       .name = CPIO_TRAILER,
			       .name_len = strlen(CPIO_TRAILER)};

	add(&e, NULL);
}

static inline int decode(size_t n, size_t step, struct fault *f)
{
	size_t at, k;
	int err;

	said_n = 0;
	cpio_decode_init(&d, &sink, said, 1000, 1 << 20);
	for (at = 0; at < n; at += k) {
		k = n - at < step ? n - at : step;
		err = cpio_decode(&d, archive + at, k, f);
		if (err)
			return err;
	}
	return cpio_decode_end(&d, f);
}

static inline void one_file(void)
{
	size = 0;
	add_named("abcdef", REG, "12345");
	add_trailer();
}

#endif

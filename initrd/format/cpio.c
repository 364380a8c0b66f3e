// SPDX-License-Identifier: MIT
/*
 * cpio.c - newc archives: header encode, streaming decode.
 */
#include "format/cpio.h"
#include "format/text.h"

#define MAGIC  "070701"
#define FIELDS 13
#define S_MASK 0170000
#define S_DIR  0040000
#define S_REG  0100000
#define S_LNK  0120000
#define S_CHR  0020000
#define S_BLK  0060000

static uint32_t round4(uint32_t n)
{
	return (4 - n % 4) % 4;
}

static void put_hex(char *p, uint32_t v)
{
	static const char digits[] = "0123456789ABCDEF";
	int i;

	for (i = 7; i >= 0; i--, v >>= 4)
		p[i] = digits[v & 15];
}

int cpio_encode(void *buf, size_t size, const struct cpio_entry *e)
{
	const uint32_t field[FIELDS] = {
		e->ino,	   e->mode,	    e->uid, e->gid, e->nlink,
		e->mtime,  e->filesize,	    0,	    0,	    e->rmajor,
		e->rminor, e->name_len + 1, 0};
	size_t n = CPIO_HEADER + e->name_len + 1, end;
	char *p = buf;
	int i;

	if (e->name_len > CPIO_NAME_MAX || e->filesize > CPIO_FILE_MAX)
		return -EOVERFLOW;
	end = n + round4(n);
	if (end > size)
		return -EOVERFLOW;
	memcpy(p, MAGIC, 6);
	for (i = 0; i < FIELDS; i++)
		put_hex(p + 6 + 8 * i, field[i]);
	memcpy(p + CPIO_HEADER, e->name, e->name_len);
	memset(p + CPIO_HEADER + e->name_len, 0, end - n + 1);
	return end;
}

void cpio_decode_init(struct cpio_decoder *d, const struct cpio_sink *sink,
		      void *user, uint64_t entries_max, uint64_t bytes_max)
{
	memset(d, 0, sizeof(*d));
	d->sink = sink;
	d->user = user;
	d->entries_max = entries_max;
	d->bytes_max = bytes_max;
	d->left = CPIO_HEADER;
}

static int fail(struct cpio_decoder *d, int err, const char *why,
		struct fault *f)
{
	return fault_set(f, err, why, d->pos);
}

static int get_hex(const char *p, uint32_t *v)
{
	uint32_t n = 0;

	for (int i = 0; i < 8; i++) {
		if (text_hex(p[i]) < 0)
			return -EBADMSG;
		n = n << 4 | (uint32_t)text_hex(p[i]);
	}
	*v = n;
	return 0;
}

static int parse_header(struct cpio_decoder *d, struct fault *f)
{
	struct cpio_entry *e = &d->e;
	uint32_t major, minor, namesize, check;
	uint32_t *const field[FIELDS] = {
		&e->ino,    &e->mode,	  &e->uid, &e->gid, &e->nlink,
		&e->mtime,  &e->filesize, &major,  &minor,  &e->rmajor,
		&e->rminor, &namesize,	  &check};
	int i;

	if (memcmp(d->header, MAGIC, 6))
		return fail(d, -EBADMSG, "magic is not 070701", f);
	for (i = 0; i < FIELDS; i++)
		if (get_hex(d->header + 6 + 8 * i, field[i]))
			return fail(d, -EBADMSG, "header holds a non-digit", f);
	if (!namesize)
		return fail(d, -EBADMSG, "empty name", f);
	if (namesize > CPIO_NAME_MAX + 1)
		return fail(d, -EOVERFLOW, "name too long", f);
	d->left = namesize;
	d->have = 0;
	d->state = CPIO_AT_NAME;
	return 0;
}

/* One component: neither empty, "." nor "..", and not too long. */
static int check_part(struct cpio_decoder *d, const char *p, size_t n,
		      struct fault *f)
{
	if (!n)
		return fail(d, -EBADMSG, "name has an empty component", f);
	if (n > CPIO_PART_MAX)
		return fail(d, -EOVERFLOW, "component of the name too long", f);
	if (p[0] == '.' && (n == 1 || (n == 2 && p[1] == '.')))
		return fail(d, -EBADMSG, "name has a '.' or '..' component", f);
	return 0;
}

static int check_name(struct cpio_decoder *d, struct fault *f)
{
	const char *p = d->e.name, *end = p + d->e.name_len, *slash;
	unsigned int depth = 0;
	size_t i;
	int err;

	for (i = 0; i < d->e.name_len; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			return fail(d, -EBADMSG, "name has a control character",
				    f);
	if (*p == '/')
		return fail(d, -EBADMSG, "name is absolute", f);
	for (;; p = slash + 1) {
		slash = memchr(p, '/', end - p);
		err = check_part(d, p, (slash ? slash : end) - p, f);
		if (err)
			return err;
		if (++depth > CPIO_DEPTH_MAX)
			return fail(d, -EOVERFLOW, "name too deep", f);
		if (!slash)
			return 0;
	}
}

static int check_type(struct cpio_decoder *d, struct fault *f)
{
	const struct cpio_entry *e = &d->e;

	switch (e->mode & S_MASK) {
	case S_REG:
		break;
	case S_LNK:
		if (!e->filesize)
			return fail(d, -EBADMSG, "symlink without a target", f);
		if (e->filesize > CPIO_LINK_MAX)
			return fail(d, -EOVERFLOW, "symlink target too long",
				    f);
		break;
	case S_DIR:
	case S_CHR:
	case S_BLK:
		if (e->filesize)
			return fail(d, -EBADMSG,
				    "directory or device with data", f);
		break;
	default:
		return fail(d, -EBADMSG, "fifo, socket or unknown type of file",
			    f);
	}
	if (e->mode & ~(uint32_t)(S_MASK | 07777))
		return fail(d, -EBADMSG, "unknown mode bits", f);
	if (e->filesize > CPIO_FILE_MAX)
		return fail(d, -EOVERFLOW, "file too large", f);
	return 0;
}

static int count_entry(struct cpio_decoder *d, struct fault *f)
{
	if (++d->entries > d->entries_max)
		return fail(d, -EOVERFLOW, "more entries than declared", f);
	if (__builtin_add_overflow(d->bytes, d->e.filesize, &d->bytes) ||
	    d->bytes > d->bytes_max)
		return fail(d, -EOVERFLOW, "more bytes than declared", f);
	return 0;
}

/* Data and padding of an entry are through: the next header. */
static void next_entry(struct cpio_decoder *d)
{
	d->state = CPIO_AT_HEADER;
	d->left = CPIO_HEADER;
	d->have = 0;
}

static int begin_entry(struct cpio_decoder *d, struct fault *f)
{
	struct cpio_entry *e = &d->e;
	/* "./." would be a second name for it */
	bool root = e->name == d->name && e->name_len == 1 && *e->name == '.';
	int err;

	if (root && (e->mode & S_MASK) != S_DIR)
		return fail(d, -EBADMSG, "'.' is not a directory", f);
	err = root ? 0 : check_name(d, f);
	if (!err)
		err = check_type(d, f);
	if (!err)
		err = count_entry(d, f);
	if (!err)
		err = d->sink->begin(d->user, e, f);
	if (err)
		return err;
	next_entry(d);
	if (!e->filesize)
		return d->sink->end(d->user, f);
	d->left = e->filesize;
	d->state = CPIO_AT_BODY;
	return 0;
}

/* The name is whole: clean it, and see whether it is the trailer's. */
static int parse_name(struct cpio_decoder *d, struct fault *f)
{
	size_t n = d->have;

	if (d->name[n - 1] || memchr(d->name, 0, n - 1))
		return fail(d, -EBADMSG, "name does not end at its NUL", f);
	d->e.name = d->name;
	d->e.name_len = n - 1;
	if (!strcmp(d->name, CPIO_TRAILER)) {
		if (d->e.filesize)
			return fail(d, -EBADMSG, "trailer with data", f);
		d->state = CPIO_AT_TAIL;
		return 0;
	}
	if (d->e.name_len > 2 && d->name[0] == '.' && d->name[1] == '/') {
		d->e.name += 2;
		d->e.name_len -= 2;
	}
	return begin_entry(d, f);
}

/* The position goes along: where a fault is must not depend on the cuts. */
static int check_zeros(struct cpio_decoder *d, const char *p, size_t n,
		       const char *why, struct fault *f)
{
	size_t i;

	for (i = 0; i < n; i++, d->pos++)
		if (p[i])
			return fail(d, -EBADMSG, why, f);
	return 0;
}

static size_t take(struct cpio_decoder *d, char *to, const char *p, size_t size)
{
	size_t n = size < d->left ? size : d->left;

	memcpy(to + d->have, p, n);
	d->have += n;
	d->left -= n;
	d->pos += n;
	return n;
}

static int step_header(struct cpio_decoder *d, const char *p, size_t size,
		       struct fault *f)
{
	size_t n = take(d, d->header, p, size);
	int err = d->left ? 0 : parse_header(d, f);

	return err ? err : (int)n;
}

static int step_name(struct cpio_decoder *d, const char *p, size_t size,
		     struct fault *f)
{
	size_t n = take(d, d->name, p, size);
	int err = 0;

	if (!d->left) {
		d->state = CPIO_AT_PAD;
		d->left = round4(CPIO_HEADER + d->have);
		if (!d->left)
			err = parse_name(d, f);
	}
	return err ? err : (int)n;
}

/* After a name, have is its length; after data it is 0. */
static int step_pad(struct cpio_decoder *d, const char *p, size_t size,
		    struct fault *f)
{
	size_t n = size < d->left ? size : d->left;
	int err = check_zeros(d, p, n, "padding is not zero", f);

	if (err)
		return err;
	d->left -= n;
	if (!d->left && d->have)
		err = parse_name(d, f);
	else if (!d->left)
		next_entry(d);
	return err ? err : (int)n;
}

static int step_body(struct cpio_decoder *d, const char *p, size_t size,
		     struct fault *f)
{
	size_t n = size < d->left ? size : d->left;
	int err = d->sink->data(d->user, p, n, f);

	if (err)
		return err;
	d->pos += n;
	d->left -= n;
	if (d->left)
		return n;
	err = d->sink->end(d->user, f);
	next_entry(d);
	if (round4(d->e.filesize)) {
		d->state = CPIO_AT_PAD;
		d->left = round4(d->e.filesize);
	}
	return err ? err : (int)n;
}

static int step_tail(struct cpio_decoder *d, const char *p, size_t size,
		     struct fault *f)
{
	int err = check_zeros(d, p, size, "data after the trailer", f);

	return err ? err : (int)size;
}

int cpio_decode(struct cpio_decoder *d, const void *p, size_t size,
		struct fault *f)
{
	static int (*const steps[])(struct cpio_decoder *, const char *, size_t,
				    struct fault *) = {
		[CPIO_AT_HEADER] = step_header, [CPIO_AT_NAME] = step_name,
		[CPIO_AT_BODY] = step_body,	[CPIO_AT_PAD] = step_pad,
		[CPIO_AT_TAIL] = step_tail,
	};
	const char *at = p;
	size_t n;
	int got;

	while (size) {
		/* a step's count is an int */
		n = size < (1u << 30) ? size : 1u << 30;
		got = steps[d->state](d, at, n, f);
		if (got < 0)
			return got;
		at += got;
		size -= got;
	}
	return 0;
}

int cpio_decode_end(const struct cpio_decoder *d, struct fault *f)
{
	if (d->state != CPIO_AT_TAIL)
		return fault_set(f, -ENODATA, "archive ends before its trailer",
				 d->pos);
	return 0;
}

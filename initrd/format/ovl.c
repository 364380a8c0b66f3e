// SPDX-License-Identifier: MIT
/*
 * ovl.c - the reserved first member of an overlay archive.
 */
#include "format/ovl.h"
#include "format/cpio.h"

static const char *const kind_words[] = {
	[OVL_DELETE] = "delete",
	[OVL_OPAQUE] = "opaque",
	[OVL_XATTR] = "xattr",
	[OVL_PARTS] = "parts",
};

static const char *const xattr_names[] = {
	"security.capability",	   "security.selinux",	       "security.ima",
	"system.posix_acl_access", "system.posix_acl_default",
};

static int fail(struct span at, const struct span *items, int err,
		const char *why, struct fault *f)
{
	return fault_set(f, err, why, at.p - items->p);
}

int ovl_open(struct span text, uint8_t base[DIGEST_SIZE], struct span *items,
	     struct fault *f)
{
	const size_t magic = strlen(OVL_MAGIC);
	struct span rest = text, line, word;
	bool whole;

	if (text.n > OVL_SIZE_MAX)
		return fault_set(f, -EOVERFLOW, "overlay member too large", 0);
	if (text.n < magic || memcmp(text.p, OVL_MAGIC, magic))
		return fault_set(f, -EBADMSG, "overlay magic missing", 0);
	rest.p += magic;
	rest.n -= magic;
	if (!text_line(&rest, &line, &whole) || !whole ||
	    !text_field(&line, &word) || !span_is(word, "base") ||
	    !text_field(&line, &word) || digest_unhex(word, base) || line.n)
		return fault_set(f, -EBADMSG, "no 'base SHA256' line", magic);
	*items = rest;
	return 0;
}

/* Clean as a cpio name: relative, no empty, "." or ".." component. */
static bool path_ok(const char *p, size_t n)
{
	size_t len, depth = 0;

	for (;;) {
		for (len = 0; len < n && p[len] != '/'; len++)
			if ((unsigned char)p[len] < 0x20 || p[len] == 0x7f)
				return false;
		if (!len || len > CPIO_PART_MAX || ++depth > CPIO_DEPTH_MAX)
			return false;
		if (p[0] == '.' && (len == 1 || (len == 2 && p[1] == '.')))
			return false;
		if (len == n)
			return true;
		p += len + 1;
		n -= len + 1;
	}
}

static bool xattr_ok(const char *name)
{
	unsigned int i;

	if (!strncmp(name, "user.", 5) && name[5])
		return true;
	for (i = 0; i < ARRAY_SIZE(xattr_names); i++)
		if (!strcmp(name, xattr_names[i]))
			return true;
	return false;
}

static int get_value(struct ovl_item *it, struct span hex)
{
	size_t i;
	int hi, lo;

	if (!hex.n || hex.n % 2)
		return -EBADMSG;
	if (hex.n / 2 > OVL_XATTR_VALUE_MAX)
		return -EOVERFLOW;
	for (i = 0; i < hex.n / 2; i++) {
		hi = text_hexlow(hex.p[2 * i]);
		lo = text_hexlow(hex.p[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return -EBADMSG;
		it->value[i] = hi << 4 | lo;
	}
	it->value_len = hex.n / 2;
	return 0;
}

/* NAME HEX of an xattr line; an empty value is "-". */
static int get_xattr(struct ovl_item *it, struct span *line)
{
	struct span field;
	int n;

	if (!text_field(line, &field))
		return -EBADMSG;
	n = text_unescape(it->name, sizeof(it->name), field);
	if (n < 0)
		return n;
	if (!xattr_ok(it->name) || !text_field(line, &field))
		return -EBADMSG;
	if (span_is(field, "-")) {
		it->value_len = 0;
		return 0;
	}
	return get_value(it, field);
}

static int get_parts(struct ovl_item *it, struct span *line)
{
	struct span field;
	uint64_t n;

	if (!text_field(line, &field) || text_u64(field, &n) || n < 2 ||
	    n > 1 << 16)
		return -EBADMSG;
	it->parts = n;
	return 0;
}

static int get_kind(struct span word, enum ovl_kind *kind)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kind_words); i++) {
		if (span_is(word, kind_words[i])) {
			*kind = i;
			return 0;
		}
	}
	return -ENOTSUP;
}

/* Strict byte order within a kind; kinds stand in the order of the enum. */
static bool in_order(const struct ovl_item *prev, const struct ovl_item *it)
{
	int order;

	if (prev->kind != it->kind)
		return prev->kind < it->kind;
	order = strcmp(prev->path, it->path);
	if (!order && it->kind == OVL_XATTR)
		order = strcmp(prev->name, it->name);
	return order < 0;
}

int ovl_next(struct span *items, struct ovl_item *it,
	     const struct ovl_item *prev, struct fault *f)
{
	const struct span all = *items;
	struct span line, field;
	bool whole;
	int n, err = 0;

	if (!text_line(items, &line, &whole))
		return 0;
	if (!whole || !text_field(&line, &field))
		return fail(line, &all, -EBADMSG, "line is cut or empty", f);
	if (get_kind(field, &it->kind))
		return fail(field, &all, -ENOTSUP, "unknown word", f);
	if (!text_field(&line, &field))
		return fail(field, &all, -EBADMSG, "path missing", f);
	n = text_unescape(it->path, sizeof(it->path), field);
	if (n < 0)
		return fail(field, &all, n, "path badly escaped or too long",
			    f);
	it->path_len = n;
	if (!path_ok(it->path, it->path_len))
		return fail(field, &all, -EBADMSG, "path is not clean", f);
	if (it->kind == OVL_XATTR)
		err = get_xattr(it, &line);
	if (it->kind == OVL_PARTS)
		err = get_parts(it, &line);
	if (err)
		return fail(line, &all, err, "xattr or part count refused", f);
	if (line.n)
		return fail(line, &all, -EBADMSG, "more fields than known", f);
	if (prev && !in_order(prev, it))
		return fail(field, &all, -EBADMSG, "lines out of order", f);
	return 1;
}

/* Append a field after a space; false when it does not fit. */
static bool add(char *buf, size_t size, size_t *at, const char *p, size_t n)
{
	if (n >= size || *at > size - n - 1)
		return false;
	if (*at)
		buf[(*at)++] = ' ';
	memcpy(buf + *at, p, n);
	*at += n;
	return true;
}

static bool add_escaped(char *buf, size_t size, size_t *at, const char *p,
			size_t n)
{
	int len;

	if (*at + 1 >= size)
		return false;
	len = text_escape(buf + *at + 1, size - *at - 1, (struct span){p, n});
	if (len < 0)
		return false;
	buf[*at] = ' ';
	*at += len + 1;
	return true;
}

static bool add_hex(char *buf, size_t size, size_t *at,
		    const struct ovl_item *it)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	if (!it->value_len)
		return add(buf, size, at, "-", 1);
	if (2 * it->value_len + 1 > size - *at)
		return false;
	buf[(*at)++] = ' ';
	for (i = 0; i < it->value_len; i++) {
		buf[(*at)++] = digits[it->value[i] >> 4];
		buf[(*at)++] = digits[it->value[i] & 15];
	}
	return true;
}

static bool add_number(char *buf, size_t size, size_t *at, uint32_t v)
{
	char digits[10];
	size_t n = sizeof(digits);

	do {
		digits[--n] = '0' + v % 10;
		v /= 10;
	} while (v);
	return add(buf, size, at, digits + n, sizeof(digits) - n);
}

int ovl_print(char *buf, size_t size, const struct ovl_item *it)
{
	const char *word = kind_words[it->kind];
	size_t at = 0;
	bool fits = add(buf, size, &at, word, strlen(word)) &&
		    add_escaped(buf, size, &at, it->path, it->path_len);

	if (fits && it->kind == OVL_XATTR)
		fits = add_escaped(buf, size, &at, it->name,
				   strlen(it->name)) &&
		       add_hex(buf, size, &at, it);
	if (fits && it->kind == OVL_PARTS)
		fits = add_number(buf, size, &at, it->parts);
	if (!fits || at == size)
		return -EOVERFLOW;
	buf[at++] = '\n';
	return at;
}

// SPDX-License-Identifier: MIT
/*
 * fuzz-ovl.c - a member that passes is, printed line by line, itself; its
 * paths are names that the archive could hold too.
 */
#include "format/cpio.h"
#include "format/ovl.h"
#include "fuzz.h"

static int take(void *user, const struct cpio_entry *e, struct fault *f)
{
	return 0;
}

static int take_end(void *user, struct fault *f)
{
	return 0;
}

/* What an overlay deletes has a name that a cpio member may have. */
static void check_path(const struct ovl_item *it)
{
	static const struct cpio_sink sink = {take, NULL, take_end};
	static struct cpio_decoder d;
	struct cpio_entry e = {.mode = 0100644,
			       .nlink = 1,
			       .name = it->path,
			       .name_len = it->path_len};
	char head[CPIO_HEADER + CPIO_NAME_MAX + 8];
	int n = cpio_encode(head, sizeof(head), &e);

	NEED(n > 0 && strlen(it->path) == it->path_len);
	cpio_decode_init(&d, &sink, NULL, 1, 0);
	NEED(!cpio_decode(&d, head, n, NULL));
	NEED(!strcmp(d.e.name, it->path));
}

static void check_item(const struct ovl_item *it)
{
	check_path(it);
	NEED(it->kind <= OVL_PARTS);
	if (it->kind == OVL_XATTR) {
		NEED(strncmp(it->name, "trusted.", 8) && strchr(it->name, '.'));
		NEED(it->value_len <= OVL_XATTR_VALUE_MAX);
	}
	if (it->kind == OVL_PARTS)
		NEED(it->parts >= 2 && it->parts <= 1 << 16);
}

/* By kind, path and name, each higher than the one before. */
static void check_order(const struct ovl_item *a, const struct ovl_item *b)
{
	int path = strcmp(a->path, b->path);

	NEED(a->kind <= b->kind);
	if (a->kind == b->kind)
		NEED(path < 0 || (!path && a->kind == OVL_XATTR &&
				  strcmp(a->name, b->name) < 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char line[3 * 4096 + 3 * 256 + 2 * OVL_XATTR_VALUE_MAX + 64];
	struct span text = {(const char *)data, size}, rest, at;
	static struct ovl_item it, prev;
	uint8_t base[DIGEST_SIZE];
	struct fault f = {0};
	bool first = true;
	int got = ovl_open(text, base, &rest, &f), n;

	while (!got) {
		at = rest;
		got = ovl_next(&rest, &it, first ? NULL : &prev, &f);
		if (got != 1)
			break;
		check_item(&it);
		if (!first)
			check_order(&prev, &it);
		n = ovl_print(line, sizeof(line), &it);
		NEED(n > 0 && at.n - rest.n == (size_t)n);
		NEED(!memcmp(line, at.p, n));
		prev = it;
		first = false;
		got = 0;
	}
	if (got < 0)
		fuzz_refusal(got, &f, size);
	return 0;
}

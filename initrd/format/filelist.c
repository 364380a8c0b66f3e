/* SPDX-License-Identifier: MIT */
/* filelist.c - the initrd's own list of files and their digests. */
#include "format/filelist.h"

int filelist_open(struct span text, struct span *items, struct fault *f)
{
	if (text.n > FILELIST_SIZE_MAX)
		return fault_set(f, -EBADMSG, "file list too long", text.n);
	if (!text_strip(&text, FILELIST_MAGIC))
		return fault_set(f, -EBADMSG, "not a file list", 0);
	*items = text;
	return 0;
}

/* Relative, and no component that is empty, "." or "..". */
static bool filelist_path_ok(struct span path)
{
	struct span part;

	do {
		text_cut(path, '/', &part, &path);
		if (!part.n || span_is(part, ".") || span_is(part, ".."))
			return false;
	} while (path.p);
	return true;
}

int filelist_next(struct span *items, struct filelist_item *it, struct fault *f)
{
	struct span line, digest, size;
	bool whole;
	int err;

	if (!text_line(items, &line, &whole))
		return 0;
	if (!whole || !text_field(&line, &digest) || !text_field(&line, &size))
		return fault_set(f, -EBADMSG, "not a file list line", 0);
	if (digest_unhex(digest, it->digest) || text_u64(size, &it->size))
		return fault_set(f, -EBADMSG, "bad digest or size", 0);
	err = text_unescape(it->path, sizeof(it->path), line);
	if (err < 0)
		return fault_set(f, err, "bad path", 0);
	if (!filelist_path_ok((struct span){it->path, err}))
		return fault_set(f, -EBADMSG, "path leads elsewhere", 0);
	return 1;
}

struct span filelist_archive(const char *path)
{
	static const char head[] = FILELIST_ARCHIVE,
			  end[] = FILELIST_ARCHIVE_END;
	struct span name = text_span(path), none = {path, 0};

	/* items are relative */
	if (!text_strip(&name, head + 1) || name.n < sizeof(end) - 1)
		return none;
	name.n -= sizeof(end) - 1;
	if (strcmp(name.p + name.n, end) || !text_name_ok(name))
		return none;
	return name;
}

int filelist_print(char *buf, size_t size, const struct filelist_item *it)
{
	struct text_out o = {.buf = buf, .size = size};
	struct span path = text_span(it->path);
	char hex[DIGEST_HEX + 1];
	int n;

	if (!filelist_path_ok(path))
		return -EBADMSG;
	digest_hex(it->digest, hex);
	text_put_str(&o, hex);
	text_put_str(&o, " ");
	text_put_u64(&o, it->size);
	text_put_str(&o, " ");
	if (o.over)
		return -EOVERFLOW;
	n = text_escape(buf + o.n, size - o.n, path);
	if (n < 0)
		return n;
	o.n += n;
	text_put_str(&o, "\n");
	return text_put_end(&o);
}

int filelist_find(struct span text, const char *path, struct filelist_item *it)
{
	struct fault f = {0};
	struct span rest;
	int got;

	if (filelist_open(text, &rest, &f))
		return -EBADMSG;
	while ((got = filelist_next(&rest, it, &f)) > 0)
		if (!strcmp(it->path, path))
			return 0;
	return got < 0 ? -EBADMSG : -ENOENT;
}

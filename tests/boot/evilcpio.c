// SPDX-License-Identifier: MIT
/*
 * evilcpio.c - overlays, good and hostile: evilcpio CASE BASE-DIGEST > FILE.
 *
 * Each case is a few entries; what the format's own encoder would not write
 * is patched into its bytes. `evilcpio list` names the cases.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "format/cpio.h"
#include "format/ovl.h"

static uint8_t out[8 << 20];
static size_t len;
static uint32_t ino;
static const char *base;

static void append(const void *p, size_t n)
{
	if (len + n + 4 > sizeof(out))
		abort();
	memcpy(out + len, p, n);
	len += n;
}

static void pad(void)
{
	while (len % 4)
		out[len++] = 0;
}

/* One entry; returns where its header begins, for patching. */
static size_t entry(const char *name, uint32_t mode, const char *data,
		    uint32_t size)
{
	struct cpio_entry e = {.ino = ++ino,
			       .mode = mode,
			       .nlink = 1,
			       .mtime = 1700000000,
			       .filesize = size,
			       .name = name,
			       .name_len = strlen(name)};
	size_t at = len;
	int n = cpio_encode(out + len, sizeof(out) - len, &e);

	if (n < 0)
		abort();
	len += n;
	append(data, size);
	pad();
	return at;
}

static size_t file(const char *name, const char *text)
{
	return entry(name, S_IFREG | 0644, text, strlen(text));
}

static size_t dir(const char *name)
{
	return entry(name, S_IFDIR | 0755, "", 0);
}

/* Field @i of the header at @at: 0 ino, 1 mode ... 11 namesize. */
static void patch(size_t at, int i, const char *hex8)
{
	memcpy(out + at + 6 + 8 * i, hex8, 8);
}

static void meta(const char *items)
{
	char text[4096];
	int n = snprintf(text, sizeof(text), "%sbase %s\n%s", OVL_MAGIC, base,
			 items);

	entry(OVL_MEMBER, S_IFREG | 0400, text, n);
}

static void trailer(void)
{
	struct cpio_entry e = {.nlink = 1,
			       .name = CPIO_TRAILER,
			       .name_len = strlen(CPIO_TRAILER)};

	len += cpio_encode(out + len, sizeof(out) - len, &e);
}

static void top(void)
{
	meta("");
	dir("etc");
	file("etc/role", "evil\n");
}

static void good(void)
{
	size_t a, b;

	meta("delete etc/deleted\nopaque opq\n"
	     "xattr etc/role user.slipway 6869\n");
	dir("etc");
	a = entry("etc/hard1", S_IFREG | 0640, "linked\n", 7);
	b = entry("etc/hard2", S_IFREG | 0640, "", 0);
	memcpy(out + b + 6, out + a + 6, 8);
	patch(a, 4, "00000002");
	patch(b, 4, "00000002");
	entry("etc/link", S_IFLNK | 0777, "/nowhere/../x", 13);
	file("etc/role", "web\n");
	entry("etc/sparse", S_IFREG | 0600, (char *)calloc(1, 1 << 20),
	      1 << 20);
	dir("opq");
	file("opq/new", "new\n");
}

static void second(void)
{
	meta("");
	dir("etc");
	file("etc/second", "second\n");
}

static void setid(void)
{
	top();
	dir("usr");
	dir("usr/bin");
	entry("usr/bin/setuid", S_IFREG | 04755, "x", 1);
}

static void caps(void)
{
	meta("xattr etc/role security.capability "
	     "0100000200200000000000000000000000000000\n");
	dir("etc");
	file("etc/role", "evil\n");
}

static void device(void)
{
	size_t at;

	top();
	at = entry("etc/mem", S_IFCHR | 0666, "", 0);
	patch(at, 9, "00000001");
	patch(at, 10, "00000001");
}

static void whiteout(void)
{
	top();
	entry("etc/base-file", S_IFCHR | 0, "", 0);
}

static void dotdot(void)
{
	top();
	file("../pwned", "x");
}

static void inner_dotdot(void)
{
	top();
	file("etc/../../pwned", "x");
}

static void absolute(void)
{
	top();
	file("/pwned", "x");
}

static void through_link(void)
{
	top();
	entry("etc/out", S_IFLNK | 0777, "/", 1);
	file("etc/out/pwned", "x");
}

static void through_up(void)
{
	top();
	entry("up", S_IFLNK | 0777, "..", 2);
	file("up/pwned", "x");
}

static void no_parent(void)
{
	top();
	file("no/such/file", "x");
}

static void fifo(void)
{
	top();
	entry("etc/fifo", S_IFIFO | 0644, "", 0);
}

static void twice(void)
{
	top();
	file("etc/role", "again\n");
}

static void dir_twice(void)
{
	top();
	dir("etc");
}

static void link_to_link(void)
{
	size_t a, b;

	top();
	a = entry("etc/sym", S_IFLNK | 0777, "/etc/shadow", 11);
	b = entry("etc/hard", S_IFREG | 0644, "", 0);
	memcpy(out + b + 6, out + a + 6, 8);
	patch(b, 4, "00000002");
}

static void many(void)
{
	char name[32];
	int i;

	top();
	for (i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "etc/f%d", i);
		entry(name, S_IFREG | 0644, "", 0);
	}
}

static void big(void)
{
	int i;
	char name[32], *zeros = calloc(1, 1 << 20);

	top();
	memset(zeros, 'x', 1 << 20);
	for (i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "etc/big%d", i);
		entry(name, S_IFREG | 0644, zeros, 1 << 20);
	}
}

/* Few bytes, but a page and more each: more than the bytes declared. */
static void crumbs(void)
{
	char name[16];

	top();
	for (int i = 0; i < 600; i++) {
		snprintf(name, sizeof(name), "crumb%03d", i);
		file(name, "x");
	}
}

static void big_size(void)
{
	top();
	patch(file("etc/huge", "x"), 6, "FFFFFFFF");
}

static void bad_hex(void)
{
	top();
	patch(file("etc/x", "x"), 6, "0x000001");
}

static void bad_name(void)
{
	top();
	patch(file("etc/x", "x"), 11, "FFFFFFFF");
}

static void bad_magic(void)
{
	top();
	memcpy(out + file("etc/x", "x"), "070702", 6);
}

static void control(void)
{
	top();
	file("etc/a\nb", "x");
}

static void no_meta(void)
{
	dir("etc");
	file("etc/role", "evil\n");
}

static void meta_base(void)
{
	base = "00000000000000000000000000000000"
	       "00000000000000000000000000000000";
	top();
}

static void meta_word(void)
{
	meta("chroot etc/role\n");
}

static void meta_path(void)
{
	meta("delete ../pwned\n");
	dir("etc");
}

static void meta_xattr(void)
{
	meta("xattr etc/role trusted.overlay.redirect 2f\n");
	dir("etc");
	file("etc/role", "evil\n");
}

static const struct {
	const char *name;
	void (*make)(void);
} cases[] = {
	{"good", good},
	{"second", second},
	{"setid", setid},
	{"caps", caps},
	{"device", device},
	{"whiteout", whiteout},
	{"dotdot", dotdot},
	{"inner-dotdot", inner_dotdot},
	{"absolute", absolute},
	{"through-link", through_link},
	{"through-up", through_up},
	{"no-parent", no_parent},
	{"fifo", fifo},
	{"twice", twice},
	{"dir-twice", dir_twice},
	{"link-to-link", link_to_link},
	{"many", many},
	{"big", big},
	{"big-size", big_size},
	{"crumbs", crumbs},
	{"bad-hex", bad_hex},
	{"bad-name", bad_name},
	{"bad-magic", bad_magic},
	{"control", control},
	{"no-meta", no_meta},
	{"meta-base", meta_base},
	{"meta-word", meta_word},
	{"meta-path", meta_path},
	{"meta-xattr", meta_xattr},
	{"no-trailer", top},
	{"after-trailer", top},
	{"gz-cut", top},
	{"gz-crc", top},
	{"gz-tail", top},
	{"gz-two", top},
	{"gz-not", top},
};

/* Deflate the archive into a gzip member appended to @to. */
static size_t deflated(uint8_t *to, size_t room)
{
	z_stream z = {.next_in = out,
		      .avail_in = len,
		      .next_out = to,
		      .avail_out = room};

	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, 0) != Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&z);
	return z.total_out;
}

static void write_gzip(const char *name)
{
	static uint8_t gz[9 << 20];
	size_t n = deflated(gz, sizeof(gz) / 2);

	if (!strcmp(name, "gz-cut"))
		n -= 9;
	if (!strcmp(name, "gz-crc"))
		gz[n - 8] ^= 1;
	if (!strcmp(name, "gz-tail"))
		memcpy(gz + n, "tail", 4), n += 4;
	if (!strcmp(name, "gz-two"))
		n += deflated(gz + n, sizeof(gz) - n);
	if (!strcmp(name, "gz-not"))
		fwrite(out, 1, len, stdout);
	else
		fwrite(gz, 1, n, stdout);
}

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc == 2 && i < ARRAY_SIZE(cases); i++)
		puts(cases[i].name);
	for (i = 0; argc == 3 && i < ARRAY_SIZE(cases); i++) {
		if (strcmp(cases[i].name, argv[1]))
			continue;
		base = argv[2];
		cases[i].make();
		if (strcmp(argv[1], "no-trailer"))
			trailer();
		if (!strcmp(argv[1], "after-trailer"))
			file("pwned", "x");
		write_gzip(argv[1]);
		return fflush(stdout) ? 1 : 0;
	}
	return argc == 2 ? 0 : 2;
}

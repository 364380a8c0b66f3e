/* SPDX-License-Identifier: MIT */
/* u-filelist.c - the initrd's list of its own files. */
#include "format/filelist.h"
#include "unit.h"

#define D "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void round_trip(void)
{
	static const char text[] = FILELIST_MAGIC D
		" 0 bin/busybox\n" D " 77 lib/firmware/a%20b.txt\n";
	struct filelist_item it;
	struct fault f = {0};
	struct span items;
	char buf[sizeof(text)];
	size_t n = strlen(FILELIST_MAGIC);
	int len;

	CHECK_INT(filelist_open(text_span(text), &items, &f), 0);
	memcpy(buf, FILELIST_MAGIC, n);
	while (filelist_next(&items, &it, &f) == 1) {
		len = filelist_print(buf + n, sizeof(buf) - n, &it);
		CHECK(len > 0);
		CHECK_INT(filelist_print(buf + n, len - 1, &it), -EOVERFLOW);
		CHECK_INT(filelist_print(buf + n, sizeof(buf) - n, &it), len);
		n += len;
	}
	CHECK(!f.why);
	CHECK_INT(n, sizeof(text) - 1);
	CHECK(!memcmp(buf, text, n));
	CHECK_STR(it.path, "lib/firmware/a b.txt");
	CHECK_INT(it.size, 77);
	CHECK_INT(it.digest[1], 0x11);
}

static void refused(void)
{
	static const char *const rows[] = {
		"\n",
		D "\n",
		D " 1\n",
		D " 1 \n",
		D " 1 a",
		D " 1  a\n",
		D " 1 a b\n",
		D " 1 /a\n",
		D " 1 a/\n",
		D " 1 a//b\n",
		D " 1 ..\n",
		D " 1 a/../b\n",
		D " 1 ./a\n",
		D " 1 %2e\n",
		D " 1 a%00\n",
		D " -1 a\n",
		D " 01 a\n",
		D "0 1 a\n",
		" 1 a\n",
		"00112233445566778899AABBCCDDEEFF"
		"00112233445566778899aabbccddeeff 1 a\n",
	};
	struct filelist_item it;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span items = text_span(rows[i]);
		struct fault f = {0};

		unit_row = rows[i];
		CHECK_INT(filelist_next(&items, &it, &f), -EBADMSG);
		CHECK(f.why);
	}
}

static void limits(void)
{
	static char big[2048];
	struct filelist_item it;
	struct span items;

	CHECK_INT(filelist_open(text_span("slipway-files 2\n"), &items, NULL),
		  -EBADMSG);
	CHECK_INT(filelist_open(text_span(""), &items, NULL), -EBADMSG);
	CHECK_INT(filelist_open(
			  (struct span){FILELIST_MAGIC, FILELIST_SIZE_MAX + 1},
			  &items, NULL),
		  -EBADMSG);
	memset(big, 'a', sizeof(big));
	memcpy(big, D " 1 ", 67);
	big[67 + 1023] = '\n';
	items = (struct span){big, 67 + 1024};
	CHECK_INT(filelist_next(&items, &it, NULL), 1);
	big[67 + 1023] = 'a';
	big[67 + 1024] = '\n';
	items = (struct span){big, 67 + 1025};
	CHECK_INT(filelist_next(&items, &it, NULL), -EOVERFLOW);
	memcpy(it.path, "../x", 5);
	CHECK_INT(filelist_print(big, sizeof(big), &it), -EBADMSG);
}

static void archives(void)
{
	static const struct {
		const char *path, *name;
	} rows[] = {
		{"slipway/drivers/e1000e.files", "e1000e"},
		{"slipway/drivers/8139cp+8139too.files", "8139cp+8139too"},
		{"slipway/drivers/.files.files", ".files"},
		{"slipway/drivers/.files", ""},
		{"slipway/drivers/files", ""},
		{"slipway/drivers/", ""},
		{"slipway/drivers/a/b.files", ""},
		{"slipway/drivers/a b.files", ""},
		{"slipway/drivers/e1000e.modules", ""},
		{"slipway/drivers/e1000e.files2", ""},
		{"/slipway/drivers/e1000e.files", ""},
		{"slipway/files", ""},
		{"", ""},
	};
	struct span name;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].path;
		name = filelist_archive(rows[i].path);
		CHECK(span_is(name, rows[i].name));
	}
}

static void find(void)
{
	struct filelist_item it;

	CHECK_INT(filelist_find(text_span(FILELIST_MAGIC D " 0 a\n" D " 7 b\n"),
				"b", &it),
		  0);
	CHECK_INT(it.size, 7);
	CHECK_INT(filelist_find(text_span(FILELIST_MAGIC D " 0 a\n"), "b", &it),
		  -ENOENT);
	CHECK_INT(filelist_find(text_span(FILELIST_MAGIC D " a\n" D " 7 b\n"),
				"b", &it),
		  -EBADMSG);
	CHECK_INT(filelist_find(text_span("b"), "b", &it), -EBADMSG);
}

UNIT_MAIN(UNIT_CASE(find), UNIT_CASE(round_trip), UNIT_CASE(refused),
	  UNIT_CASE(limits), UNIT_CASE(archives))

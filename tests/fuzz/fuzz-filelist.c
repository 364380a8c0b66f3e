// SPDX-License-Identifier: MIT
/* fuzz-filelist.c - a list that passes is, printed line by line, itself. */
#include "format/filelist.h"
#include "fuzz.h"
#include <stdio.h>

static void check_path(const char *s)
{
	size_t n;

	NEED(*s && *s != '/' && strlen(s) < 1024);
	for (;; s += n + 1) {
		n = strcspn(s, "/");
		NEED(n && !(n == 1 && *s == '.') &&
		     !(n == 2 && s[0] == '.' && s[1] == '.'));
		if (!s[n])
			return;
	}
}

/* A name leads to the very path that it came from. */
static void check_archive(const char *path)
{
	struct span name = filelist_archive(path);
	char again[1200];

	if (!name.n)
		return;
	NEED(text_name_ok(name) && name.n < FILELIST_ARCHIVE_NAME_MAX);
	snprintf(again, sizeof(again), "%s%.*s%s", FILELIST_ARCHIVE,
		 (int)name.n, name.p, FILELIST_ARCHIVE_END);
	NEED(!strcmp(again + 1, path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size}, rest, at;
	static struct filelist_item it;
	char line[4096 + 128];
	struct fault f = {0};
	int got = filelist_open(text, &rest, &f), n;

	while (!got) {
		at = rest;
		got = filelist_next(&rest, &it, &f);
		if (got != 1)
			break;
		check_path(it.path);
		check_archive(it.path);
		n = filelist_print(line, sizeof(line), &it);
		NEED(n > 0 && at.n - rest.n == (size_t)n);
		NEED(!memcmp(line, at.p, n));
		got = 0;
	}
	if (got < 0)
		fuzz_refusal(got, &f,
			     size > FILELIST_SIZE_MAX ? SIZE_MAX : size);
	return 0;
}

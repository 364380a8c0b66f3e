// SPDX-License-Identifier: MIT
/*
 * gen.c - gen FOLDER: for each format the corpus FOLDER/NAME, some good and
 * some of each kind of bad, and a dictionary FOLDER/NAME.dict for libFuzzer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cases.h"

#define GOOD 40
#define BAD  8	   /* of each rule, times its weight */
#define SIZE 8192u /* what is larger is hostile's business */

static FILE *create(const char *folder, const char *name, const char *end)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, end);
	f = fopen(path, "wb");
	bytes_need(f, path);
	return f;
}

static void put(const char *folder, const char *kind, size_t rule, uint64_t k,
		const struct bytes *b)
{
	char name[96];
	FILE *f;

	if (b->n > SIZE)
		return;
	snprintf(name, sizeof(name), "%s-%02zu-%02llu", kind, rule,
		 (unsigned long long)k);
	f = create(folder, name, "");
	bytes_need(fwrite(b->p, 1, b->n, f) == b->n && !fclose(f), name);
}

static const char *target(const struct format *fmt)
{
	return fmt->target ? fmt->target : fmt->name;
}

static void corpus(const char *top, const struct format *fmt)
{
	struct bytes b = {0};
	char folder[4096];
	uint64_t k, n;

	snprintf(folder, sizeof(folder), "%s/%s", top, target(fmt));
	mkdir(folder, 0777);
	for (k = 0; k < GOOD; k++) {
		cases_good(fmt, k, &b);
		put(folder, fmt->name, 0, k, &b);
	}
	for (size_t i = 0; i < fmt->n_rules; i++) {
		n = BAD * fmt->rules[i].weight;
		for (k = 0; k < n; k++) {
			cases_bad(fmt, i, k, &b);
			put(folder, fmt->name, i + 1, k, &b);
		}
	}
	free(b.p);
}

/* The words hold no NUL but the one at their end; the rest is escaped. */
static void dictionary(const char *top, const struct format *fmt)
{
	FILE *f = create(top, target(fmt), ".dict");

	for (const char *const *w = fmt->words; *w; w++) {
		fputc('"', f);
		for (const char *p = *w; *p; p++)
			fprintf(f, "\\x%02x", (unsigned char)*p);
		fputs("\"\n", f);
	}
	bytes_need(!fclose(f), "dictionary");
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: gen FOLDER\n");
		return 2;
	}
	for (size_t i = 0; i < cases_n; i++) {
		corpus(argv[1], cases_all[i]);
		dictionary(argv[1], cases_all[i]);
	}
	return 0;
}

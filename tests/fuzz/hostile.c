// SPDX-License-Identifier: MIT
/*
 * hostile.c - hostile N [FORMAT]: N inputs that are bad by construction for
 * /init's own decoders, every one of which has to refuse, and to say why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define REASONS 512
#define GOOD	50 /* inputs that must pass, or refusing all would do */

static const char *reasons[REASONS];
static unsigned int n_reasons;
static uint64_t passed, refused;

static void note_reason(const char *why)
{
	for (unsigned int i = 0; i < n_reasons; i++)
		if (!strcmp(reasons[i], why))
			return;
	if (n_reasons < REASONS)
		reasons[n_reasons++] = why;
}

/* In memory of exactly its size, so that ASan sees a byte too far. */
static int ask(const struct format *fmt, const struct bytes *b, struct fault *f)
{
	uint8_t *p = malloc(b->n ? b->n : 1);
	int err;

	if (!p)
		abort();
	if (b->n)
		memcpy(p, b->p, b->n);
	memset(f, 0, sizeof(*f));
	err = fmt->decode(p, b->n, f);
	free(p);
	return err;
}

static void show(const char *what, const struct format *fmt, const char *rule,
		 uint64_t k, const struct bytes *b, const struct fault *f)
{
	printf("# %s: %s: %s, case %llu%s%s\n# ", fmt->name, what, rule,
	       (unsigned long long)k, f->why ? ": " : "", f->why ? f->why : "");
	for (size_t i = 0; i < b->n && i < 2000; i++)
		printf(b->p[i] > 0x1f && b->p[i] < 0x7f ? "%c" : "\\x%02x",
		       b->p[i]);
	printf("\n");
}

static bool good_pass(const struct format *fmt, struct bytes *b)
{
	struct fault f;
	bool all = true;

	for (uint64_t k = 0; k < GOOD; k++) {
		cases_good(fmt, k, b);
		if (!ask(fmt, b, &f))
			continue;
		show("refused, though good", fmt, "good", k, b, &f);
		all = false;
	}
	return all;
}

static bool case_refused(const struct format *fmt, size_t rule, uint64_t k,
			 struct bytes *b)
{
	struct fault f;

	cases_bad(fmt, rule, k, b);
	if (ask(fmt, b, &f) < 0 && f.why) {
		note_reason(f.why);
		return true;
	}
	show("not refused, or without a reason", fmt, fmt->rules[rule].name, k,
	     b, &f);
	return false;
}

/* Rules in turns, each as often as it weighs. */
static bool format_refused(const struct format *fmt, uint64_t want,
			   struct bytes *b)
{
	static uint64_t done[256];
	uint64_t n = 0, ok = 0, before = n_reasons;
	bool good = good_pass(fmt, b);

	memset(done, 0, sizeof(done));
	while (n < want)
		for (size_t i = 0; i < fmt->n_rules; i++)
			for (unsigned int w = fmt->rules[i].weight;
			     w && n < want; w--, n++)
				ok += case_refused(fmt, i, done[i]++, b);
	passed += n;
	refused += ok;
	printf("%s %s: %llu of %llu refused; %zu rules, %llu reasons\n",
	       good && ok == n ? "ok" : "not ok", fmt->name,
	       (unsigned long long)ok, (unsigned long long)n, fmt->n_rules,
	       (unsigned long long)(n_reasons - before));
	return good && ok == n;
}

static unsigned int share(const struct format *fmt)
{
	return fmt->n_rules ? fmt->weight ? fmt->weight : 1 : 0;
}

int main(int argc, char **argv)
{
	uint64_t want = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000, w;
	uint64_t sum = 0, at = 0;
	struct bytes b = {0};
	bool all = true;
	size_t i, pick = cases_n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < cases_n; i++) {
		sum += share(cases_all[i]);
		if (argc > 2 && !strcmp(argv[2], cases_all[i]->name))
			pick = i;
	}
	for (i = 0; i < cases_n; i++) {
		w = share(cases_all[i]);
		at += w;
		w = want * at / sum - want * (at - w) / sum;
		if (w && (argc <= 2 || i == pick))
			all &= format_refused(cases_all[i], argc > 2 ? want : w,
					      &b);
	}
	printf("%s hostile: %llu of %llu refused\n", all ? "ok" : "not ok",
	       (unsigned long long)refused, (unsigned long long)passed);
	free(b.p);
	return !all;
}

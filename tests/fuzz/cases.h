/* SPDX-License-Identifier: MIT */
/*
 * cases.h - for each format good input without end, and the rules that bad
 * input breaks: one rule a table row, so that what is refused is known to be
 * bad by construction. gen writes them to files, hostile asks the decoders.
 */
#ifndef CASES_H
#define CASES_H

#include "bytes.h"
#include "format/env.h"

/* @make, or else the replacement of some @from by @to, turns good to bad. */
struct rule {
	const char *name;
	void (*make)(struct bytes *b, uint64_t k, struct rng *r);
	const char *from, *to;
	unsigned int weight; /* cases of it for one of a rule that weighs 1 */
};

#define RULE(what, how, often)                                                 \
	{                                                                      \
		.name = what, .make = how, .weight = often                     \
	}
#define EDIT(what, a, b)                                                       \
	{                                                                      \
		.name = what, .from = a, .to = b, .weight = 1                  \
	}

struct format {
	const char *name;
	const char *target; /* NULL: of the same name */
	/* the @k-th good input */
	void (*good)(struct bytes *b, uint64_t k, struct rng *r);
	/* decode all of it, as /init would: 0 or -errno */
	int (*decode)(const uint8_t *p, size_t n, struct fault *f);
	const struct rule *rules;
	size_t n_rules;
	const char *const *words; /* for libFuzzer's dictionary */
	unsigned int weight;	  /* 0: 1 */
};

#define RULES(table) .rules = table, .n_rules = ARRAY_SIZE(table)

extern const struct format case_manifest, case_cms, case_cpio, case_gzip,
	case_sqsb, case_http, case_index, case_url, case_redirect, case_cmdline,
	case_lease, case_dns, case_dnstcp, case_policy, case_filelist,
	case_modtab, case_ovl, case_text, case_pool, case_netconf, case_news,
	case_anchor;

extern const struct format *const cases_all[];
extern const size_t cases_n;

/*
 * cases_good, cases_bad - fill @b with the @k-th of @fmt, or of the rule
 * numbered @rule. The same @k, the same bytes (but for the keys of CMS).
 */
void cases_good(const struct format *fmt, uint64_t k, struct bytes *b);
void cases_bad(const struct format *fmt, size_t rule, uint64_t k,
	       struct bytes *b);

/* case-lines.c: rules that hold for every format made of lines */
void lines_cut(struct bytes *b, uint64_t k, struct rng *r);
void lines_high_bit(struct bytes *b, uint64_t k, struct rng *r);
void lines_control(struct bytes *b, uint64_t k, struct rng *r);
void lines_cr(struct bytes *b, uint64_t k, struct rng *r);
void lines_empty(struct bytes *b, uint64_t k, struct rng *r);
void lines_space(struct bytes *b, uint64_t k, struct rng *r);
void lines_space_end(struct bytes *b, uint64_t k, struct rng *r);
void lines_magic(struct bytes *b, uint64_t k, struct rng *r);
void lines_utf8(struct bytes *b, uint64_t k, struct rng *r);

/* A table's rows for them. */
#define LINE_RULES                                                             \
	RULE("cut within a line", lines_cut, 6),                               \
		RULE("a byte above 0x7e", lines_high_bit, 3),                  \
		RULE("a control character", lines_control, 3),                 \
		RULE("CR before LF", lines_cr, 1),                             \
		RULE("an empty line", lines_empty, 1),                         \
		RULE("a space too many", lines_space, 2),                      \
		RULE("a space at a line's end", lines_space_end, 1),           \
		RULE("another magic", lines_magic, 2),                         \
		RULE("BOM, UTF-8, surrogates", lines_utf8, 1)

/* Something that no number may be; and nothing that a digest may be. */
const char *case_junk_number(uint64_t k);
void case_number(struct bytes *b, const char *key, uint64_t k, struct rng *r);
void case_digest(struct bytes *b, const char *key, uint64_t k, struct rng *r);
void case_add_digest(struct bytes *b, struct rng *r);

#endif

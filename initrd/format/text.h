/* SPDX-License-Identifier: MIT */
/*
 * text.h - what the line formats share: bounded numbers, names, fields.
 */
#ifndef FORMAT_TEXT_H
#define FORMAT_TEXT_H

#include "format/env.h"

#define TEXT_NAME_MAX 128

/*
 * text_u64 - read a plain decimal number: digits only, no sign, no leading
 * zero but "0" itself, below 2^63.
 *
 * Returns 0, -EBADMSG (not such a number) or -EOVERFLOW; *@v is set on 0 only.
 */
int text_u64(struct span s, uint64_t *v);

/*
 * text_size - text_u64 with an optional suffix K, M, G or T (powers of 1024).
 */
int text_size(struct span s, uint64_t *bytes);

/* text_name_ok - is @s [A-Za-z0-9._+-]{1,128}, not "." and not ".."? */
bool text_name_ok(struct span s);

/*
 * text_line - cut the next line off *@rest, without its newline.
 *
 * Returns false when *@rest is empty. A last line without a newline is
 * returned too, with *@whole false.
 */
bool text_line(struct span *rest, struct span *line, bool *whole);

/*
 * text_field - cut the next field off *@line; fields stand one space apart.
 *
 * Returns false when *@line is empty. A space too many, also at the end,
 * shows as an empty field.
 */
bool text_field(struct span *line, struct span *field);

/* text_cut - split @s at the first @c; *@tail is empty (p NULL) without one. */
void text_cut(struct span s, char c, struct span *head, struct span *tail);

/* text_strip - cut @prefix off the front of *@s; false when it is not there. */
bool text_strip(struct span *s, const char *prefix);

/* text_printable - is every byte of @s in 0x20..0x7e? */
bool text_printable(struct span s);

/*
 * text_hex - value of the hex digit @c, or -1; text_hexlow - of one without
 * capitals, as where a thing has one spelling.
 */
int text_hex(char c);
int text_hexlow(char c);

/* text_span - a span over a NUL terminated string. */
struct span text_span(const char *s);

/*
 * text_copy - copy @s into @buf as a NUL terminated string.
 *
 * Returns 0, or -EOVERFLOW (@buf becomes "") when it does not fit @size.
 */
int text_copy(char *buf, size_t size, struct span s);

/*
 * text_escape - write a path with every byte outside 0x21..0x7e, and '%',
 * as %XX, NUL terminated. text_unescape reverses it in place of nothing else.
 *
 * Both return the length written, or -EOVERFLOW (does not fit), or for
 * text_unescape -EBADMSG (a byte that text_escape would not have written, bad
 * escape, escaped NUL): there is one spelling of a path.
 */
int text_escape(char *buf, size_t size, struct span s);
int text_unescape(char *buf, size_t size, struct span s);

/*
 * text_glob - does @s match @pattern? '*' any run, '?' any one character,
 * '[' a set or range. Linear stack, at most |pattern| * |s| steps.
 */
bool text_glob(struct span pattern, struct span s);

/*
 * A bounded writer: the caller's buffer, and one check at the end. Once
 * something did not fit, nothing more is written.
 */
struct text_out {
	char *buf;
	size_t size, n;
	bool over;
};

void text_put(struct text_out *o, struct span s);
void text_put_str(struct text_out *o, const char *s);
void text_put_u64(struct text_out *o, uint64_t v);

/* text_put_end - the length written (no NUL), or -EOVERFLOW. */
int text_put_end(const struct text_out *o);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * json.h - write JSON (RFC 8259) through a bounded writer. Commas come by
 * themselves: one stands before a value unless a bracket was just opened.
 *
 * Text is bytes from anywhere: all but printable ASCII is written as \u00XX,
 * and so are '<', '>' and '&', which a page would read as its own.
 */
#ifndef FORMAT_JSON_H
#define FORMAT_JSON_H

#include "format/text.h"

/* @key is a word of ours, written as it is; NULL: an element of an array. */
void json_text(struct text_out *o, const char *key, struct span s);
void json_u64(struct text_out *o, const char *key, uint64_t v);
void json_bool(struct text_out *o, const char *key, bool v);

/* json_open - @bracket is "{" or "["; json_close - "}" or "]". */
void json_open(struct text_out *o, const char *key, const char *bracket);
void json_close(struct text_out *o, const char *bracket);

#endif

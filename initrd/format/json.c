/* SPDX-License-Identifier: MIT */
/* json.c - values of a JSON text, one after another. */
#include "format/json.h"

static void json_key(struct text_out *o, const char *key)
{
	char last = o->n && !o->over ? o->buf[o->n - 1] : '{';

	if (last != '{' && last != '[')
		text_put_str(o, ",");
	if (!key)
		return;
	text_put_str(o, "\"");
	text_put_str(o, key);
	text_put_str(o, "\":");
}

static bool json_plain(unsigned char c)
{
	return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\' && c != '<' &&
	       c != '>' && c != '&';
}

void json_text(struct text_out *o, const char *key, struct span s)
{
	static const char hex[] = "0123456789abcdef";
	size_t i;

	json_key(o, key);
	text_put_str(o, "\"");
	for (i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];
		char u[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15], 0};

		if (json_plain(c))
			text_put(o, (struct span){&s.p[i], 1});
		else
			text_put_str(o, u);
	}
	text_put_str(o, "\"");
}

void json_u64(struct text_out *o, const char *key, uint64_t v)
{
	json_key(o, key);
	text_put_u64(o, v);
}

void json_bool(struct text_out *o, const char *key, bool v)
{
	json_key(o, key);
	text_put_str(o, v ? "true" : "false");
}

void json_open(struct text_out *o, const char *key, const char *bracket)
{
	json_key(o, key);
	text_put_str(o, bracket);
}

void json_close(struct text_out *o, const char *bracket)
{
	text_put_str(o, bracket);
}

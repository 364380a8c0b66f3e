// SPDX-License-Identifier: MIT
/*
 * statuspage.c - page.html with its style, its script and its data inside.
 * What browsers may run is named by its digest, so a string that got past
 * every escape would still not run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "format/digest.h"
#include "host/alloc.h"
#include "host/outfile.h"
#include "status.h"

extern const char _binary_page_html_start[], _binary_page_html_end[];
extern const char _binary_page_css_start[], _binary_page_css_end[];
extern const char _binary_page_js_start[], _binary_page_js_end[];

#define BLOB(name)                                                             \
	{                                                                      \
		_binary_page_##name##_start,                                   \
			(size_t)(_binary_page_##name##_end -                   \
				 _binary_page_##name##_start)                  \
	}

/* A digest as Content-Security-Policy wants it. */
static char *source_of(struct span s)
{
	uint8_t digest[DIGEST_SIZE];
	unsigned char text[2 * DIGEST_SIZE];

	digest_of(s.p, s.n, digest);
	EVP_EncodeBlock(text, digest, sizeof(digest));
	return xasprintf("'sha256-%s'", text);
}

static char *policy(struct span css, struct span js)
{
	char *style = source_of(css), *script = source_of(js), *text;

	text = xasprintf("default-src 'none'; style-src %s; script-src %s; "
			 "base-uri 'none'; form-action 'none'",
			 style, script);
	free(style);
	free(script);
	return text;
}

/*
 * JSON has these three only inside strings, where they may be written so;
 * without them nothing in it ends the element it stands in.
 */
static char *inert(const char *json)
{
	size_t n = strlen(json), i, at = 0;
	char *out = xmalloc(6 * n + 1);

	for (i = 0; i < n; i++)
		if (strchr("<>&", json[i]))
			at += (size_t)sprintf(out + at, "\\u%04x",
					      (unsigned char)json[i]);
		else
			out[at++] = json[i];
	out[at] = '\0';
	return out;
}

/* Everything up to @mark goes out; what is behind it is left in *@html. */
static void write_to(struct outfile *o, struct span *html, const char *mark,
		     struct span with)
{
	const char *at = memmem(html->p, html->n, mark, strlen(mark));

	outfile_write(o, html->p, (size_t)(at - html->p));
	outfile_write(o, with.p, with.n);
	at += strlen(mark);
	html->n -= (size_t)(at - html->p);
	html->p = at;
}

void statuspage_write(const struct status *s, const char *path)
{
	struct span html = BLOB(html), css = BLOB(css), js = BLOB(js);
	struct json_object *doc = statusdoc_new(s, true);
	char *csp = policy(css, js), *data;
	struct outfile o;

	data = inert(json_object_to_json_string_ext(
		doc, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	outfile_open(&o, path, 0644);
	write_to(&o, &html, "@CSP@", (struct span){csp, strlen(csp)});
	write_to(&o, &html, "@CSS@", css);
	write_to(&o, &html, "@DATA@", (struct span){data, strlen(data)});
	write_to(&o, &html, "@JS@", js);
	outfile_write(&o, html.p, html.n);
	outfile_commit(&o);
	json_object_put(doc);
	free(data);
	free(csp);
}

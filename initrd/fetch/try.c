// SPDX-License-Identifier: MIT
/* try.c - mirrors in turn, until one has the object or none is left. */
#include <stdio.h>
#include "fetch/try.h"

void try_name(char out[TRY_NAME_MAX], const char *rel)
{
	const char *slash = strrchr(rel, '/'), *dot = strchr(rel, '.');
	int head = slash ? (int)(slash - rel) + 9 : 9;

	if (strlen(rel) < TRY_NAME_MAX || !slash || !dot || dot < slash)
		snprintf(out, TRY_NAME_MAX, "%s", rel);
	else
		snprintf(out, TRY_NAME_MAX, "%.*s..%s", head > 30 ? 30 : head,
			 rel, dot);
}

void try_tell(struct fetch *f, const struct fetch_progress *p)
{
	if (f->env.progress)
		f->env.progress(f->env.user, p);
}

int try_object(struct fetch *f, struct retry *r, const char *rel,
	       int (*once)(struct fetch *f, struct retry *r, const char *url,
			   void *job, struct fetch_error *e),
	       void *job, struct fetch_error *e)
{
	char url[URL_MAX + 1];
	int ret;

	if (!f->n_mirrors)
		return fetch_fail(e, CODE_URL, "%s: no mirror", r->object);
	do {
		f->after_ms = 0;
		ret = url_join(url, sizeof(url),
			       text_span(f->mirrors[f->current].url),
			       text_span(rel));
		if (ret < 0)
			ret = fetch_fail(e, CODE_URL, "%s: URL too long",
					 r->object);
		else
			ret = once(f, r, url, job, e);
		if (!ret) {
			retry_good(f, r, f->current);
			return 0;
		}
		conn_close(f->conn);
	} while (!retry_next(f, r, e));
	return ret;
}

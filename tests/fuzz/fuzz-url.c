// SPDX-License-Identifier: MIT
/*
 * fuzz-url.c - a URL and, behind a newline, where a Location leads from it.
 * The host is never empty and only ever one of http or https, and nothing
 * leads from https to http; the parts put together are that URL again; neither
 * a path nor a value filled in moves the host.
 */
#include "format/url.h"
#include "fuzz.h"

static const char host_chars[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:";

static void check_parts(const struct url *u, struct span text)
{
	size_t n = strlen(u->host);

	NEED(n && n <= URL_HOST_MAX && u->port);
	NEED(strspn(u->host, host_chars) == n);
	NEED(!strchr(u->host, ':') || u->numeric);
	NEED(u->path.n && u->path.p[0] == '/');
	NEED(fuzz_inside(u->path, text) || u->path.n == 1);
	for (size_t i = 0; i < u->path.n; i++)
		NEED(u->path.p[i] > ' ' && u->path.p[i] < 127 &&
		     u->path.p[i] != '#' && u->path.p[i] != '\\');
}

static bool same(const struct url *a, const struct url *b)
{
	return !strcmp(a->host, b->host) && a->port == b->port &&
	       a->tls == b->tls && a->numeric == b->numeric &&
	       a->path.n == b->path.n &&
	       !memcmp(a->path.p, b->path.p, a->path.n);
}

static void round_trip(const struct url *u)
{
	char text[URL_MAX + 64];
	bool v6 = strchr(u->host, ':');
	struct url again;
	int n = snprintf(text, sizeof(text), "http%s://%s%s%s:%u%.*s",
			 u->tls ? "s" : "", v6 ? "[" : "", u->host,
			 v6 ? "]" : "", u->port, (int)u->path.n, u->path.p);

	if (n > URL_MAX)
		return;
	NEED(!url_parse(&again, (struct span){text, n}, NULL));
	NEED(same(u, &again));
}

static void redirect(const struct url *u, struct span base, struct span to)
{
	char out[URL_MAX + 1], small[40];
	struct fault f = {0};
	struct url there;
	int n = url_resolve(out, sizeof(out), base, to, &f);

	if (n < 0) {
		NEED(f.why);
		return;
	}
	NEED(n == (int)strlen(out) && !strncmp(out, "http", 4));
	NEED(!url_parse(&there, (struct span){out, n}, NULL));
	check_parts(&there, (struct span){out, n});
	NEED(there.tls || !u->tls);
	if (to.p[0] == '/')
		NEED(!strcmp(u->host, there.host) && u->port == there.port);
	n = url_resolve(small, sizeof(small), base, to, NULL);
	NEED(n < (int)sizeof(small));
}

static void fill_in(struct span text, const char *value)
{
	const struct url_var vars[] = {{"mac", value},
				       {"uuid", value},
				       {"serial", value},
				       {"role", value}};
	char out[URL_MAX + 1], plain[URL_MAX + 1];
	const char *slash = NULL;
	struct url a, b;
	size_t skip;
	int n, m;

	skip = text.n > 5 && !memcmp(text.p, "https", 5) ? 8 : 7;
	if (text.n > skip)
		slash = memchr(text.p + skip, '/', text.n - skip);
	if (!url_template_ok(text) || !slash ||
	    memchr(text.p, '{', slash - text.p))
		return;
	n = url_expand(out, sizeof(out), text, vars, ARRAY_SIZE(vars), NULL);
	if (n < 0 || url_parse(&a, (struct span){out, n}, NULL))
		return;
	m = slash + 1 - text.p;
	memcpy(plain, text.p, m);
	NEED(!url_parse(&b, (struct span){plain, m}, NULL));
	NEED(!strcmp(a.host, b.host) && a.port == b.port && a.tls == b.tls);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text, to;
	struct fault f = {0};
	char value[64];
	struct url u;
	int err;

	text_cut((struct span){(const char *)data, size}, '\n', &text, &to);
	if (to.p && to.n < sizeof(value) && !memchr(to.p, 0, to.n)) {
		text_copy(value, sizeof(value), to);
		fill_in(text, value);
	}
	fill_in(text, "../@:#?\\/");
	err = url_parse(&u, text, &f);
	if (err) {
		fuzz_refusal(err, &f, size);
		NEED(!to.p ||
		     url_resolve((char[600]){0}, 600, text, to, NULL) < 0);
		return 0;
	}
	NEED(text.n <= URL_MAX &&
	     !memcmp(text.p, u.tls ? "https://" : "http://", 7));
	NEED(url_template_ok(text));
	check_parts(&u, text);
	round_trip(&u);
	if (to.p)
		redirect(&u, text, to);
	return 0;
}

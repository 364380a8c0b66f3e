// SPDX-License-Identifier: MIT
/* fetch.c - the state of one engine, and its list of mirrors. */
#include "fetch/conn.h"
#include "fetch/retry.h"

void fetch_init(struct fetch *f, const struct fetch_env *env,
		struct fetch_conn *conn)
{
	memset(f, 0, sizeof(*f));
	f->env = *env;
	f->budget = env->budget ? env->budget : &retry_default;
	f->rng = env->seed;
	f->conn = conn;
	conn_init(conn);
}

int fetch_add_mirror(struct fetch *f, struct span url, struct fault *fault)
{
	unsigned int i;
	struct url u;

	while (url.n && url.p[url.n - 1] == '/')
		url.n--;
	if (url_parse(&u, url, fault))
		return -EBADMSG;
	if (u.tls && !f->env.tls)
		return fault_set(fault, -EBADMSG, FETCH_NO_TLS, 0);
	/* names are joined to its end, where a query would swallow them */
	if (memchr(url.p, '?', url.n))
		return fault_set(fault, -EBADMSG, "query in a mirror's URL", 0);
	for (i = 0; i < f->n_mirrors; i++)
		if (span_is(url, f->mirrors[i].url))
			return 0;
	if (f->n_mirrors == FETCH_MIRRORS_MAX)
		return fault_set(fault, -ENOSPC, "too many mirrors", 0);
	memset(&f->mirrors[i], 0, sizeof(f->mirrors[i]));
	if (text_copy(f->mirrors[i].url, sizeof(f->mirrors[i].url), url))
		return fault_set(fault, -EBADMSG, "URL too long", 0);
	f->n_mirrors++;
	return 0;
}

void fetch_close(struct fetch *f)
{
	conn_close(f->conn);
	cage_close(&f->cage);
}

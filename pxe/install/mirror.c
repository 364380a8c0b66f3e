// SPDX-License-Identifier: MIT
/* mirror.c - the engine of /init, on a running machine. */
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fetch/retry.h"
#include "fetch/tls.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/progress.h"
#include "host/roots.h"
#include "mirror.h"

static int resolve(void *user, const char *host, uint64_t timeout_ms,
		   struct fetch_addr out[FETCH_ADDRS_MAX],
		   struct fetch_error *e)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list, *a;
	int n = 0, err = getaddrinfo(host, NULL, &hints, &list);

	if (err)
		return fetch_fail(e, CODE_DNS, "%s: %s", host,
				  gai_strerror(err));
	for (a = list; a && n < FETCH_ADDRS_MAX; a = a->ai_next) {
		const void *at = NULL;

		out[n].family = a->ai_family;
		if (a->ai_family == AF_INET)
			at = &((struct sockaddr_in *)a->ai_addr)->sin_addr;
		else if (a->ai_family == AF_INET6)
			at = &((struct sockaddr_in6 *)a->ai_addr)->sin6_addr;
		if (at)
			memcpy(out[n++].addr, at,
			       a->ai_family == AF_INET ? 4 : 16);
	}
	freeaddrinfo(list);
	return n;
}

static void note(void *user, const char *text)
{
	info("%s", text);
}

static void show(void *user, const struct fetch_progress *p)
{
	progress(p->object, p->done, p->total);
}

/* None: what is https is then refused, with a word about it. */
static const struct fetch_tls *trusted(const char *roots)
{
	static struct fetch_tls t = {.client = tls_client};

	if (!roots && access(ROOTS_SYSTEM, R_OK))
		return NULL;
	t.roots = roots_read(roots ? roots : ROOTS_SYSTEM, &t.roots_size);
	t.now = time(NULL);
	return &t;
}

static void add(struct mirror *m, const struct update *u, struct span url)
{
	char role[TEXT_NAME_MAX + 1], text[URL_MAX + 1];
	const struct url_var vars[] = {{"mac", u->machine.mac},
				       {"uuid", u->machine.uuid},
				       {"serial", u->machine.serial},
				       {"role", role}};
	struct fault f = {0};
	int n;

	text_copy(role, sizeof(role),
		  u->role ? text_span(u->role) : u->policy.role);
	n = url_expand(text, sizeof(text), url, vars, ARRAY_SIZE(vars), &f);
	if (n >= 0)
		n = fetch_add_mirror(&m->fetch, (struct span){text, n}, &f);
	if (n < 0)
		warn("mirror %.*s: %s", (int)url.n, url.p,
		     f.why ? f.why : "too many or too long");
}

void mirror_open(struct mirror *m, const struct update *u)
{
	const struct fetch_env env = {.resolve = resolve,
				      .note = note,
				      .progress = show,
				      .tls = trusted(u->roots),
				      .seed = (uint64_t)time(NULL) << 20 ^
					      (uint64_t)getpid(),
				      .limit = u->limit};
	unsigned int i;

	fetch_init(&m->fetch, &env, &m->conn);
	if (u->url)
		add(m, u, text_span(u->url));
	for (i = 0; !u->url && i < u->policy.n_urls; i++)
		add(m, u, u->policy.urls[i]);
	if (!m->fetch.n_mirrors)
		die("no mirror: none in the policy; give one with --url");
}

void mirror_add(struct mirror *m, const struct manifest *manifest)
{
	struct fault f = {0};
	unsigned int i;

	for (i = 0; i < manifest->n_mirrors; i++)
		fetch_add_mirror(&m->fetch, manifest->mirrors[i], &f);
}

void mirror_close(struct mirror *m)
{
	progress_end();
	fetch_close(&m->fetch);
}

struct wanted {
	struct update *u;
	struct manifest *m;
	struct cosign *c;
};

/* A mirror that answers with an older release is no better than one that has
 * nothing, so the next is asked. */
static int check(void *user, const void *p, size_t size, struct fetch_error *e)
{
	struct wanted *w = user;
	const struct state *s = &w->u->state;
	struct policy policy = w->u->policy;
	const struct bootargs args = {
		.channel = text_span(w->u->channel ? w->u->channel : "")};
	struct trust t = {.root = w->u->root,
			  .root_size = w->u->root_size,
			  .policy = &policy,
			  .args = &args,
			  .now = time(NULL),
			  .signers = &w->c->signers};
	char warning[160] = "";
	int err;

	if (s->epoch > policy.epoch) {
		policy.epoch = s->epoch;
		policy.floor = 0;
	}
	if (s->epoch >= policy.epoch && s->floor > policy.floor)
		policy.floor = s->floor;
	if (s->epoch >= policy.epoch && s->good > policy.floor)
		policy.floor = s->good;
	err = trust_manifest(&t, p, size, w->m, &w->c->text, warning, e);
	if (!err && warning[0])
		warn("manifest: %s", warning);
	return err;
}

/* Of one that may not be there no mirror is asked twice. */
static int get_signature(void *from, const char *rel, bool maybe,
			 struct cosign *c, struct cosign_file *f,
			 struct fetch_error *e)
{
	struct retry_budget quick = retry_default;
	struct fetch *fetch = from;
	int err;

	quick.tries_bad = 1;
	fetch->budget = maybe ? &quick : &retry_default;
	f->p = xmalloc(COSIGN_MAX);
	err = fetch_blob(fetch, rel, f->p, COSIGN_MAX, &f->size, NULL,
			 cosign_check, c, e);
	fetch->budget = &retry_default;
	return err;
}

int mirror_manifest(struct mirror *m, struct update *u, struct manifest *man,
		    char **cms, size_t *size, struct cosign *c,
		    struct fetch_error *e)
{
	struct wanted w = {u, man, c};
	char *path = u->channel
			     ? xasprintf("channels/%s/manifest.cms", u->channel)
			     : xstrdup("manifest.cms");
	int err;

	*cms = xmalloc(COSIGN_MAX);
	c->root = u->root;
	c->root_size = u->root_size;
	err = fetch_blob(&m->fetch, path, *cms, COSIGN_MAX, size, NULL, check,
			 &w, e);
	free(path);
	if (err)
		return err;
	return cosign_need(c, u->policy.signers, get_signature, &m->fetch, e);
}

int mirror_signatures(struct mirror *m, struct cosign *c, struct fetch_error *e)
{
	return cosign_rest(c, get_signature, &m->fetch, e);
}

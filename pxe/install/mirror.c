// SPDX-License-Identifier: MIT
/* mirror.c - the engine of /init, on a running machine. */
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fetch/tls.h"
#include "fetch/trust.h"
#include "format/cms.h"
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
			  .now = time(NULL)};
	char warning[160] = "";
	struct span text;
	int err;

	if (s->epoch > policy.epoch) {
		policy.epoch = s->epoch;
		policy.floor = 0;
	}
	if (s->epoch >= policy.epoch && s->floor > policy.floor)
		policy.floor = s->floor;
	if (s->epoch >= policy.epoch && s->good > policy.floor)
		policy.floor = s->good;
	err = trust_manifest(&t, p, size, w->m, &text, warning, e);
	if (!err && warning[0])
		warn("manifest: %s", warning);
	return err;
}

int mirror_manifest(struct mirror *m, struct update *u, struct manifest *man,
		    char **cms, size_t *size, struct fetch_error *e)
{
	const size_t max = MANIFEST_SIZE_MAX + CMS_OVERHEAD_MAX;
	struct wanted w = {u, man};
	char *path = u->channel
			     ? xasprintf("channels/%s/manifest.cms", u->channel)
			     : xstrdup("manifest.cms");
	int err;

	*cms = xmalloc(max);
	err = fetch_blob(&m->fetch, path, *cms, max, size, NULL, check, &w, e);
	free(path);
	return err;
}

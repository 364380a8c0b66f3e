// SPDX-License-Identifier: MIT
/*
 * probe.c - ask a forwarded port until a page answers, with the engine that
 * machines boot by.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/clock.h"
#include "fetch/conn.h"
#include "fetch/retry.h"
#include "host/alloc.h"
#include "host/error.h"
#include "probe.h"

#define PAGE_MAX (1u << 20)
#define PAUSE_MS 500

struct probe {
	char url[64];
	const char *path, *text;
	int done;
	struct fetch fetch;
	struct fetch_conn conn;
	char page[PAGE_MAX];
};

/* One try at a time: the loop around it has the patience. */
static const struct retry_budget once = {
	.connect_ms = 2000,
	.head_ms = 5000,
	.body_window_ms = 5000,
	.body_window_bytes = 1,
	.tries = 1,
	.tries_bad = 1,
	.tries_stall = 1,
	.tries_dns = 1,
	.tries_all = 1,
	.backoff_ms = 1,
	.backoff_max_ms = 1,
};

static int resolve(void *user, const char *host, uint64_t timeout_ms,
		   struct fetch_addr out[FETCH_ADDRS_MAX],
		   struct fetch_error *e)
{
	out[0].family = AF_INET;
	if (inet_pton(AF_INET, host, out[0].addr) != 1)
		return fetch_fail(e, CODE_DNS, "%s: not an address", host);
	return 1;
}

static void note(void *user, const char *text)
{
}

static void show(void *user, const struct fetch_progress *p)
{
}

static int holds_text(void *user, const void *p, size_t size,
		      struct fetch_error *e)
{
	const struct probe *t = user;

	if (t->text && !memmem(p, size, t->text, strlen(t->text)))
		return fetch_fail(e, CODE_HTTP, "%s: another page", t->path);
	return 0;
}

static void *run(void *user)
{
	const struct fetch_env env = {.resolve = resolve,
				      .note = note,
				      .progress = show,
				      .seed = 1,
				      .budget = &once};
	struct probe *t = user;
	struct fetch_error e;
	struct fault f = {0};
	size_t size;
	int err;

	do {
		fetch_init(&t->fetch, &env, &t->conn);
		fetch_add_mirror(&t->fetch, text_span(t->url), &f);
		err = fetch_blob(&t->fetch, t->path, t->page, sizeof(t->page),
				 &size, NULL, holds_text, t, &e);
		fetch_close(&t->fetch);
		if (err)
			clock_pause(PAUSE_MS);
	} while (err);
	close(t->done);
	return NULL;
}

int probe_start(const char *addr, unsigned int port, const char *path,
		const char *text)
{
	struct probe *t = xcalloc(1, sizeof(*t));
	int done[2];
	pthread_t id;

	if (pipe2(done, O_CLOEXEC))
		die("pipe:");
	snprintf(t->url, sizeof(t->url), "http://%s:%u",
		 !strcmp(addr, "0.0.0.0") ? "127.0.0.1" : addr, port);
	t->path = *path == '/' ? path + 1 : path;
	t->text = text;
	t->done = done[1];
	if (pthread_create(&id, NULL, run, t))
		die("thread: cannot start");
	pthread_detach(id);
	return done[0];
}

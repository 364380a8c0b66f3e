// SPDX-License-Identifier: MIT
/*
 * worker.c - ranges into a buffer of its own, chunks hashed there, and only
 * what is right written to the layer's file. What a try leaves of an unproven
 * chunk is kept for the next one: it goes on at that byte.
 */
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "fetch/confine.h"
#include "fetch/http.h"
#include "fetch/pair.h"
#include "fetch/retry.h"
#include "fetch/worker.h"

#define BATCH	   (1u << 20) /* hashed together: in the cache still */
#define BATCH_JOBS 64
#define READ_MAX   (256u << 10)
#define SKIP	   4096

struct worker {
	const struct worker_setup *s;
	int fd;
	struct fetch *f;
	struct fetch_conn conn;

	const struct fetch_layer *layer; /* of the bytes in buf */
	const uint8_t *state;
	uint64_t next, at; /* first chunk in buf, its offset */
	size_t have;
	bool mixed;	     /* buf began in an earlier try */
	uint64_t first, end; /* of this task, and behind it */
	uint64_t run;	     /* behind the chunks that are read in one go */
	uint64_t bytes;	     /* of this task */
	size_t room;
	uint8_t *buf;
	struct digest_job jobs[BATCH_JOBS];
};

static void say(struct worker *w, const struct worker_word *word)
{
	if (send(w->fd, word, sizeof(*word), MSG_NOSIGNAL) != sizeof(*word))
		confine_exit(0);
}

static int keep(struct worker *w, const struct plan_range *r, const uint8_t *p,
		struct fetch_error *e)
{
	struct worker_word word = {.what = WORKER_PROVEN, .proven = *r};
	uint64_t done = 0;
	ssize_t n;

	while (done < r->size) {
		n = pwrite(w->layer->fd, p + done, r->size - done,
			   (off_t)(r->offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fetch_fail(
				e, n && errno != ENOSPC ? CODE_SYS : CODE_SPACE,
				"%s: write: %s", w->layer->name,
				n ? strerror(errno) : "no room");
		done += (uint64_t)n;
	}
	say(w, &word);
	return 0;
}

static int wrong(struct worker *w, const struct http_body *b, uint64_t chunk,
		 uint64_t at, const uint8_t got[DIGEST_SIZE],
		 struct fetch_error *e)
{
	char hex[2][DIGEST_HEX + 1];

	digest_hex(index_digest(&w->layer->ix, chunk), hex[0]);
	digest_hex(got, hex[1]);
	return fetch_fail(e, CODE_HASH,
			  "%s: chunk %llu at offset %llu wrong "
			  "from %.40s (expected %.8s, got %.8s)",
			  b->get->object, (unsigned long long)chunk,
			  (unsigned long long)at, b->from, hex[0], hex[1]);
}

/* Digests of the first @n chunks of buf, in their order. */
static void hash(struct worker *w, size_t n, uint8_t out[][DIGEST_SIZE])
{
	const uint8_t *p = w->buf;
	size_t i;

	for (i = 0; i < n; i++) {
		w->jobs[i].p = p;
		w->jobs[i].size = index_len(&w->layer->ix, w->next + i);
		w->jobs[i].id = i;
		p += w->jobs[i].size;
	}
	digest_many(w->jobs, n);
	for (i = 0; i < n; i++)
		memcpy(out[w->jobs[i].id], w->jobs[i].out, DIGEST_SIZE);
}

/* Prove the first @n chunks of buf, @size bytes; what is right is kept. */
static int prove(struct worker *w, const struct http_body *b, size_t n,
		 size_t size, struct fetch_error *e)
{
	uint8_t out[BATCH_JOBS][DIGEST_SIZE];
	struct plan_range run = {.first = w->next, .offset = w->at};
	int bad = 0, ret = 0;
	size_t i;

	hash(w, n, out);
	for (i = 0; i < n; i++) {
		uint64_t c = w->next + i, at = run.offset + run.size;
		uint32_t len = index_len(&w->layer->ix, c);

		if (digest_equal(out[i], index_digest(&w->layer->ix, c))) {
			run.n++;
			run.size += len;
			continue;
		}
		if (!bad)
			bad = wrong(w, b, c, at, out[i], e);
		w->mixed &= !i;
		if (run.n)
			ret = keep(w, &run, w->buf + (run.offset - w->at), e);
		if (ret)
			return ret;
		run = (struct plan_range){.first = c + 1, .offset = at + len};
	}
	if (run.n)
		ret = keep(w, &run, w->buf + (run.offset - w->at), e);
	if (ret || bad)
		return ret ? ret : bad;
	w->have -= size;
	memmove(w->buf, w->buf + size, w->have);
	w->next += n;
	w->at += size;
	w->mixed = false;
	return 0;
}

/* How many chunks of buf are there whole; *@size their bytes. */
static size_t whole(const struct worker *w, size_t *size)
{
	size_t n = 0;

	for (*size = 0; n < BATCH_JOBS && w->next + n < w->end; n++) {
		uint32_t len = index_len(&w->layer->ix, w->next + n);

		if (len > w->have - *size)
			break;
		*size += len;
	}
	return n;
}

/* Hash when there is enough of it, or nothing else to do. */
static int advance(struct worker *w, const struct http_body *b, bool idle,
		   struct fetch_error *e)
{
	size_t size, n;
	int ret = 0;

	do {
		n = whole(w, &size);
		if (!n || (!idle && size < BATCH && n < BATCH_JOBS))
			break;
		ret = prove(w, b, n, size, e);
	} while (!ret);
	return ret;
}

static bool idle(const struct worker *w)
{
	struct pollfd p = {.fd = w->f->conn->fd, .events = POLLIN};

	return w->f->conn->at == w->f->conn->have && !poll(&p, 1, 0);
}

static int skip(struct worker *w, struct http_body *b, uint64_t size,
		struct fetch_error *e)
{
	uint8_t scratch[SKIP];
	ssize_t n;

	while (size) {
		n = http_read(w->f, b, scratch, size < SKIP ? size : SKIP, e);
		if (n <= 0)
			return n < 0 ? (int)n : -EPROTO;
		size -= (uint64_t)n;
	}
	return 0;
}

/* A stream passes what is proven, or was not asked of it. */
static bool unwanted(const struct worker *w, uint64_t chunk)
{
	return chunk < w->first || w->state[chunk] == PLAN_PROVEN;
}

/* Between two runs buf is empty. How long one is stays as it was begun. */
static int next_run(struct worker *w, struct http_body *b,
		    struct fetch_error *e)
{
	int ret;

	while (w->next < w->end && unwanted(w, w->next)) {
		uint32_t len = index_len(&w->layer->ix, w->next++);

		w->at += len;
		ret = skip(w, b, len, e);
		if (ret)
			return ret;
	}
	w->run = w->next;
	while (w->run < w->end && !unwanted(w, w->run))
		w->run++;
	return 0;
}

/* Bytes of this run that are still to come, or as many as there is room. */
static uint64_t wanted(const struct worker *w)
{
	uint64_t i, n = 0;

	for (i = w->next; i < w->run && n < w->room; i++)
		n += index_len(&w->layer->ix, i);
	return n - w->have;
}

static int receive(struct worker *w, struct http_body *b, struct fetch_error *e)
{
	uint64_t want;
	int ret = 0;

	while (!ret && w->next < w->end) {
		size_t max = w->room - w->have;
		ssize_t n;

		if (w->next == w->run) {
			ret = next_run(w, b, e);
			continue;
		}
		want = wanted(w);
		if (max > READ_MAX)
			max = READ_MAX;
		if (max > want)
			max = (size_t)want;
		n = http_read(w->f, b, w->buf + w->have, max, e);
		if (n < 0) {
			struct fetch_error other;

			/* what came whole before the end still counts */
			ret = advance(w, b, true, &other);
			if (ret)
				*e = other;
			return -EPROTO;
		}
		w->have += (size_t)n;
		w->bytes += (uint64_t)n;
		__atomic_store_n(&w->s->stats->bytes, w->f->stats.bytes,
				 __ATOMIC_RELAXED);
		ret = advance(w, b, max == want || idle(w), e);
	}
	if (!ret)
		http_end(w->f, b);
	return ret;
}

/* Keep what an earlier try of the same chunk left, else begin anew. */
static void aim(struct worker *w, const struct worker_task *t)
{
	const struct fetch_layer *l = &w->s->layers[t->layer];

	if (t->stream || l != w->layer || t->range.first != w->next)
		w->have = 0;
	w->mixed = w->have > 0;
	w->layer = l;
	w->state = w->s->states[t->layer];
	w->next = t->stream ? 0 : t->range.first;
	w->at = t->stream ? 0 : t->range.offset;
	w->first = t->range.first;
	w->end = t->range.first + t->range.n;
	w->run = t->stream ? 0 : w->end;
	w->bytes = 0;
}

static int fetch_range(struct worker *w, const struct worker_task *t,
		       const char *url, bool *no_range, struct fetch_error *e)
{
	const struct http_get g = {
		.object = w->layer->name,
		.url = url,
		.has_size = true,
		.size = w->layer->ix.layer_size,
		.ranged = !t->stream,
		.first = t->range.offset + w->have,
		.last = t->range.offset + t->range.size - 1,
	};
	struct http_body b;
	int ret = http_get(w->f, &g, &b, e);

	w->s->stats->requests = w->f->stats.requests;
	w->s->stats->redirects = w->f->stats.redirects;
	if (ret)
		return ret;
	/* the whole is as good where the whole was asked for */
	if (!b.partial && g.ranged && (g.first || g.last != g.size - 1)) {
		*no_range = true;
		return fetch_fail(e, CODE_HTTP, "%s: no ranges from %s",
				  g.object, b.from);
	}
	return receive(w, &b, e);
}

static void work(struct worker *w, const struct worker_task *t)
{
	struct worker_word word = {.what = WORKER_DONE};
	char url[URL_MAX + 1];
	uint64_t start;

	if (t->wait_ms)
		clock_pause(t->wait_ms);
	start = clock_ms();
	aim(w, t);
	w->f->after_ms = 0;
	w->f->current = t->mirror;
	if (url_join(url, sizeof(url), text_span(w->f->mirrors[t->mirror].url),
		     text_span(w->layer->rel)) < 0)
		fetch_fail(&word.e, CODE_URL, "%s: URL too long",
			   w->layer->name);
	else
		fetch_range(w, t, url, &word.no_range, &word.e);
	if (word.e.code != CODE_NONE) {
		word.what = WORKER_FAILED;
		word.mixed = w->mixed;
		word.after_ms = w->f->after_ms;
		conn_close(w->f->conn);
		if (word.e.code == CODE_HASH || t->stream)
			w->have = 0;
	}
	word.bytes = w->bytes;
	word.ms = clock_ms() - start;
	say(w, &word);
}

/* The longest chunk there is goes in beside a batch. */
static size_t room(const struct worker_setup *s)
{
	uint32_t longest = 0;
	uint64_t k;

	for (unsigned int i = 0; i < s->n_layers; i++)
		for (k = 0; k < s->layers[i].ix.n; k++)
			if (index_len(&s->layers[i].ix, k) > longest)
				longest = index_len(&s->layers[i].ix, k);
	return BATCH + longest;
}

static void run(const struct worker_setup *s, int fd)
{
	static struct worker w;
	struct worker_task t;

	w.s = s;
	w.fd = fd;
	w.f = s->f;
	w.room = room(s);
	w.buf = mmap(NULL, w.room, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (w.buf == MAP_FAILED)
		return;
	/* connection and cage of the parent's are not ours, its wisdom is */
	conn_init(&w.conn);
	w.conn.path = w.f->conn->path;
	w.f->conn = &w.conn;
	w.f->cage.pid = 0;
	w.f->env.note = NULL;
	w.f->env.pause = NULL;
	memset(&w.f->stats, 0, sizeof(w.f->stats));
	if (s->f->env.confine)
		confine_network();
	while (recv(fd, &t, sizeof(t), 0) == sizeof(t) &&
	       t.layer < s->n_layers && t.mirror < w.f->n_mirrors)
		work(&w, &t);
}

pid_t worker_start(const struct worker_setup *s, int *fd)
{
	pid_t parent = getpid(), pid;
	int end = -1; /* @fd itself may be one of the foreign ones */

	pid = pair_fork(SOCK_SEQPACKET, &end);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (getppid() != parent)
			confine_exit(0);
		for (unsigned int i = 0; i < s->n_foreign; i++)
			if (s->foreign[i] >= 0)
				close(s->foreign[i]);
		run(s, end);
		confine_exit(0);
	}
	*fd = end;
	return pid;
}

// SPDX-License-Identifier: MIT
/* pool.c - workers, as many as help, and what they say. */
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "fetch/pool.h"
#include "fetch/raw.h"
#include "fetch/try.h"

#define TICK_MS	  200
#define WINDOW_MS 400 /* to see whether one more connection helped */
#define RATE_MS	  1000
#define START_MAX 4

static unsigned int processors(void)
{
	uint64_t set[16] = {0};
	unsigned int i, n = 0;
	long size = raw_call(__NR_sched_getaffinity, 0, sizeof(set), (long)set,
			     0, 0);

	for (i = 0; size > 0 && i < (size_t)size / 8 && i < 16; i++)
		n += (unsigned int)__builtin_popcountll(set[i]);
	return n ? n : 1;
}

/* What the caller has proven is asked of nobody. */
static void begin(struct plan *plan, const uint8_t *proven)
{
	struct plan_range one = {.n = 1};

	for (; proven && one.first < plan->ix->n; one.first++)
		if (proven[one.first])
			plan_prove(plan, &one);
}

static int setup(struct pool *p, struct fetch_error *e)
{
	size_t at = POOL_WORKERS_MAX * sizeof(struct worker_stats);
	unsigned int i;

	p->shared_size = at;
	for (i = 0; i < p->n; i++)
		p->shared_size += p->layers[i].ix.n;
	p->shared = mmap(NULL, p->shared_size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p->shared == MAP_FAILED)
		return fetch_fail(e, CODE_MEM, "layers: %s", strerror(errno));
	p->stats = p->shared;
	for (i = 0; i < p->n; i++) {
		struct fetch_layer *l = &p->layers[i];

		p->states[i] = (uint8_t *)p->shared + at;
		at += l->ix.n;
		plan_init(&p->layer[i].plan, &l->ix, p->states[i]);
		begin(&p->layer[i].plan, l->proven);
		retry_start(&p->layer[i].retry, l->name);
		l->done = false;
		l->start_ms = l->stop_ms = l->bytes = 0;
		l->tries = l->mirror = 0;
	}
	for (i = 0; i < POOL_WORKERS_MAX; i++)
		p->fds[i] = -1;
	p->limit = p->f->env.limit ? 1 : p->f->env.connections;
	if (!p->limit || p->limit > POOL_WORKERS_MAX)
		p->limit = POOL_WORKERS_MAX;
	p->width = processors() < 2 ? 2 : processors();
	if (p->width > START_MAX)
		p->width = START_MAX;
	if (p->width > p->limit)
		p->width = p->limit;
	p->window_ms = p->rate_ms = clock_ms();
	return 0;
}

/* What a worker has counted since last time, to the layer and the total. */
static void count(struct pool *p, unsigned int i)
{
	struct pool_slot *s = &p->slots[i];
	struct worker_stats now = {
		.bytes = __atomic_load_n(&p->stats[i].bytes, __ATOMIC_RELAXED),
		.requests = p->stats[i].requests,
		.redirects = p->stats[i].redirects,
	};

	p->f->stats.bytes += now.bytes - s->seen.bytes;
	p->f->stats.requests += now.requests - s->seen.requests;
	p->f->stats.redirects += now.redirects - s->seen.redirects;
	p->layers[s->layer].bytes += now.bytes - s->seen.bytes;
	s->seen = now;
}

static void stop(struct pool *p, unsigned int i)
{
	struct pool_slot *s = &p->slots[i];

	if (!s->pid)
		return;
	close(p->fds[i]);
	p->fds[i] = -1;
	kill(s->pid, SIGKILL);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	count(p, i);
	s->pid = 0;
}

static int start(struct pool *p, unsigned int i, struct fetch_error *e)
{
	const struct worker_setup setup = {
		.f = p->f,
		.layers = p->layers,
		.states = p->states,
		.n_layers = p->n,
		.stats = &p->stats[i],
		.foreign = p->fds,
		.n_foreign = POOL_WORKERS_MAX,
	};
	pid_t pid;

	memset(&p->stats[i], 0, sizeof(p->stats[i]));
	memset(&p->slots[i].seen, 0, sizeof(p->slots[i].seen));
	pid = worker_start(&setup, &p->fds[i]);
	if (pid < 0) {
		p->fds[i] = -1;
		return fetch_fail(e, CODE_CAGE, "layers: no worker: %s",
				  strerror(-pid));
	}
	p->slots[i].pid = pid;
	return 0;
}

/* The slot's task is over, however it went. */
static void idle(struct pool *p, unsigned int i)
{
	struct pool_slot *s = &p->slots[i];
	struct pool_layer *l = &p->layer[s->layer];
	unsigned int k;

	if (!s->busy)
		return;
	count(p, i);
	if (!s->stream && !pick_twin(p, i))
		plan_back(&l->plan, &s->rest);
	for (k = 0; k < POOL_WORKERS_MAX; k++)
		if (p->slots[k].twin == (int)i)
			p->slots[k].twin = -1;
	l->streamed &= !s->stream;
	s->twin = -1;
	s->busy = false;
	p->f->mirrors[s->mirror].active--;
}

/* Asked for by two, and slot @by has it all: the other may go. */
static void drop_late(struct pool *p, unsigned int by)
{
	unsigned int i;

	for (i = 0; i < POOL_WORKERS_MAX; i++) {
		struct pool_slot *s = &p->slots[i];

		if (!s->busy)
			continue;
		plan_rest(&p->layer[s->layer].plan, &s->rest);
		if (i == by || s->rest.n || (!s->stream && !pick_twin(p, i)))
			continue;
		idle(p, i);
		stop(p, i);
	}
}

static int give(struct pool *p, unsigned int i, struct fetch_error *e)
{
	struct worker_task t;
	int ret = pick_task(p, i, &t, e);

	if (ret <= 0)
		return ret;
	if (!p->slots[i].pid) {
		ret = start(p, i, e);
		if (ret)
			return ret;
	}
	/* one that has died is noticed when its words are read */
	send(p->fds[i], &t, sizeof(t), MSG_NOSIGNAL);
	return 0;
}

/* Work moves to those who do it. */
static void move(struct pool *p)
{
	unsigned int i;

	pick_look(p);
	for (i = 0; i < POOL_WORKERS_MAX; i++) {
		if (!pick_hopeless(p, i))
			continue;
		idle(p, i);
		stop(p, i);
	}
}

static int give_all(struct pool *p, struct fetch_error *e)
{
	unsigned int i;
	int ret = 0;

	move(p);
	for (i = 0; i < p->width && !ret; i++)
		if (!p->slots[i].busy)
			ret = give(p, i, e);
	return ret;
}

static void rated(struct fetch_mirror *m, uint64_t bytes, uint64_t ms)
{
	uint64_t rate = bytes * 1000 / (ms ? ms : 1);

	m->rate = m->rate ? (3 * m->rate + rate) / 4 : rate;
	if (!m->rate)
		m->rate = 1;
	m->rated_ms = clock_ms();
}

static int layer_whole(struct pool *p, unsigned int k, struct fetch_error *e)
{
	const struct pool_layer *l = &p->layer[k];
	unsigned int m, most = 0;

	for (m = 1; m < p->f->n_mirrors; m++)
		if (l->of[m] > l->of[most])
			most = m;
	p->layers[k].mirror = most;
	p->layers[k].stop_ms = clock_ms();
	p->layers[k].done = true;
	return p->watch && p->watch->whole
		       ? p->watch->whole(p->watch->user, k, e)
		       : 0;
}

static int proven(struct pool *p, unsigned int i, const struct plan_range *r,
		  struct fetch_error *e)
{
	struct pool_slot *s = &p->slots[i];
	struct pool_layer *l = &p->layer[s->layer];
	uint64_t fresh = plan_prove(&l->plan, r);

	s->done += fresh;
	if (!fresh)
		return 0;
	l->of[s->mirror] += fresh;
	p->f->mirrors[s->mirror].bytes += fresh;
	retry_good(p->f, &l->retry, s->mirror);
	drop_late(p, i);
	return l->plan.left ? 0 : layer_whole(p, s->layer, e);
}

/* Wrong in the same way each time, or never the same twice? */
static void compare(struct pool_layer *l, const struct fetch_error *e)
{
	const char *was = strstr(l->last.text, " (expected "),
		   *is = strstr(e->text, " (expected ");

	if (e->code != CODE_HASH || l->last.code != CODE_HASH || !was || !is)
		return;
	if (strcmp(was, is))
		l->other++;
	else
		l->same++;
}

static void failed(struct pool *p, unsigned int i,
		   const struct worker_word *word)
{
	struct pool_slot *s = &p->slots[i];
	struct pool_layer *l = &p->layer[s->layer];
	struct fetch *f = p->f;
	struct fetch_error e = word->e;
	int next;

	if (word->no_range) {
		f->mirrors[s->mirror].no_range = true;
		return;
	}
	p->layers[s->layer].tries++;
	f->stats.retries++;
	compare(l, &e);
	l->last = e;
	/* what was cut off goes on where it ended; a stream begins anew */
	if (e.code == CODE_CUT && !s->stream &&
	    word->bytes >= f->budget->progress)
		return;
	if (word->mixed)
		e.code = CODE_CUT;
	f->after_ms = word->after_ms;
	retry_failed(f, &l->retry, s->mirror, s->begun_ms, &e);
	next = retry_pick(f, &l->retry, f->current, 0);
	if (next >= 0) {
		uint64_t now = clock_ms(), ready = l->retry.ready_ms[next];

		retry_note(f, &l->retry, &word->e, (unsigned int)next,
			   ready > now ? ready - now : 0);
	}
}

/* A worker that is gone took its words with it: a try that failed. */
static void died(struct pool *p, unsigned int i)
{
	struct worker_word word = {.what = WORKER_FAILED};

	fetch_fail(&word.e, CODE_CAGE, "%s: its worker died or spoke nonsense",
		   p->layers[p->slots[i].layer].name);
	if (p->slots[i].busy)
		failed(p, i, &word);
	idle(p, i);
	stop(p, i);
}

/* A worker speaks of its own task only. */
static bool asked_for(const struct pool_slot *s, const struct plan_range *r)
{
	return r->n && r->n <= s->task.n && r->first >= s->task.first &&
	       r->first - s->task.first <= s->task.n - r->n;
}

static int hear(struct pool *p, unsigned int i, struct fetch_error *e)
{
	struct pool_slot *s = &p->slots[i];
	struct worker_word word;
	ssize_t n = recv(p->fds[i], &word, sizeof(word), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n != sizeof(word) || !s->busy ||
	    (word.what == WORKER_PROVEN && !asked_for(s, &word.proven))) {
		died(p, i);
		return 0;
	}
	if (word.what == WORKER_PROVEN)
		return proven(p, i, &word.proven, e);
	word.e.text[FETCH_ERROR_TEXT - 1] = '\0';
	if (word.bytes)
		rated(&p->f->mirrors[s->mirror], word.bytes, word.ms);
	if (word.what == WORKER_FAILED)
		failed(p, i, &word);
	idle(p, i);
	return give(p, i, e);
}

static uint64_t total_proven(const struct pool *p, uint64_t *total)
{
	uint64_t left = 0;
	unsigned int i;

	for (i = 0, *total = 0; i < p->n; i++) {
		*total += p->layers[i].ix.layer_size;
		left += p->layer[i].plan.left;
	}
	return *total - left;
}

/* One connection more as long as that helps. */
static void widen(struct pool *p, uint64_t now, uint64_t done)
{
	uint64_t ms = now - p->window_ms, rate;

	if (p->settled || p->width >= p->limit || ms < WINDOW_MS)
		return;
	rate = (done - p->window_bytes) * 1000 / ms;
	p->window_ms = now;
	p->window_bytes = done;
	if (p->window_rate && rate < p->window_rate + p->window_rate / 16) {
		p->settled = true;
		return;
	}
	p->window_rate = rate;
	p->width++;
}

static void tell(struct pool *p)
{
	uint64_t now = clock_ms(), total, done = total_proven(p, &total);
	unsigned int i, busy = 0, mirrors = 0;

	widen(p, now, done);
	if (now - p->rate_ms >= RATE_MS) {
		p->rate = (done - p->rate_bytes) * 1000 / (now - p->rate_ms);
		p->rate_ms = now;
		p->rate_bytes = done;
	}
	for (i = 0; i < POOL_WORKERS_MAX; i++)
		busy += p->slots[i].busy;
	for (i = 0; i < p->f->n_mirrors; i++)
		mirrors += p->f->mirrors[i].active > 0;
	try_tell(p->f,
		 &(struct fetch_progress){
			 .object = p->n == 1 ? p->layers[0].name : "layers",
			 .done = done,
			 .total = total,
			 .rate = p->rate,
			 .connections = busy,
			 .mirrors = mirrors});
}

static int listen_to(struct pool *p, struct fetch_error *e)
{
	struct pollfd w[POOL_WORKERS_MAX + FETCH_LAYERS_MAX];
	unsigned int i, n = p->watch ? p->watch->n_fds : 0;
	struct pollfd *more = w + POOL_WORKERS_MAX;
	int ret = 0;

	for (i = 0; i < POOL_WORKERS_MAX; i++)
		w[i] = (struct pollfd){.fd = p->fds[i], .events = POLLIN};
	for (i = 0; i < n; i++)
		more[i] = (struct pollfd){.fd = p->watch->fds[i],
					  .events = POLLIN};
	poll(w, POOL_WORKERS_MAX + n, TICK_MS);
	for (i = 0; i < n && !ret; i++)
		if (more[i].fd >= 0 && more[i].revents)
			ret = p->watch->ready(p->watch->user, i, e);
	for (i = 0; i < POOL_WORKERS_MAX && !ret; i++)
		if (w[i].fd >= 0 && w[i].revents && p->fds[i] == w[i].fd)
			ret = hear(p, i, e);
	return ret;
}

/* Layers of which nothing is left to fetch from the beginning. */
static int whole_already(struct pool *p, struct fetch_error *e)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < p->n && !ret; i++)
		if (!p->layer[i].plan.left)
			ret = layer_whole(p, i, e);
	return ret;
}

static bool whole(const struct pool *p)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		if (!p->layers[i].done)
			return false;
	return true;
}

int fetch_layers(struct fetch *f, struct fetch_layer *layers, unsigned int n,
		 const struct fetch_watch *watch, struct fetch_error *e)
{
	static struct pool pool;
	struct pool *p = &pool;
	unsigned int i;
	int ret;

	if (!f->n_mirrors)
		return fetch_fail(e, CODE_URL, "layers: no mirror");
	if (n > FETCH_LAYERS_MAX)
		return fetch_fail(e, CODE_MAN, "layers: more than %d",
				  FETCH_LAYERS_MAX);
	memset(p, 0, sizeof(*p));
	p->f = f;
	p->layers = layers;
	p->n = n;
	p->watch = watch;
	ret = setup(p, e);
	if (ret)
		return ret;
	ret = whole_already(p, e);
	while (!ret && !whole(p)) {
		ret = give_all(p, e);
		if (!ret)
			ret = listen_to(p, e);
		tell(p);
	}
	for (i = 0; i < POOL_WORKERS_MAX; i++) {
		idle(p, i);
		stop(p, i);
	}
	munmap(p->shared, p->shared_size);
	return ret;
}

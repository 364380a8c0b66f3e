// SPDX-License-Identifier: MIT
/*
 * fuzz-pool.c - the state machine of a transfer. The owner of the workers is
 * the real one; workers, sockets and the clock are not: the input says which
 * worker speaks next and what, truth, lies and deaths, and when it ends all
 * mirrors are good. What must hold: every task makes sense; the end comes;
 * it is good only if every chunk was proven by somebody who had it to do.
 */
#include <poll.h>
#include <sys/wait.h>

#include "fetch/clock.h"
#include "fetch/conn.h"
#include "fetch/pool.h"
#include "fuzz.h"

#define LAYERS	  3
#define CHUNKS	  24
#define FIRST_FD  1000
#define FIRST_PID 2000000
#define WORDS	  8
#define STEPS_MAX 200000

struct fake {
	bool live, tasked;
	struct worker_task t;
	uint64_t next; /* first chunk it has not spoken of */
	unsigned int n;
	struct worker_word words[WORDS];
	bool garbage, dead;
};

static struct fake fakes[POOL_WORKERS_MAX];
static uint8_t proven[LAYERS][CHUNKS], index_bytes[LAYERS][INDEX_HEADER +
							   CHUNKS * INDEX_ENTRY];
static struct fetch_layer layers[LAYERS];
static struct fetch engine;
static const uint8_t *input;
static size_t left;
static uint64_t now_ms;
static unsigned int steps, failures;

static unsigned int take(void)
{
	if (!left)
		return 0;
	left--;
	return *input++;
}

uint64_t clock_ms(void)
{
	return now_ms;
}

void clock_pause(uint64_t ms)
{
	now_ms += ms;
}

pid_t worker_start(const struct worker_setup *s, int *fd)
{
	unsigned int i;

	NEED(s->n_layers == LAYERS && s->layers == layers);
	if (left && take() == 255)
		return -EAGAIN;
	for (i = 0; i < POOL_WORKERS_MAX && fakes[i].live; i++)
		;
	NEED(i < POOL_WORKERS_MAX);
	memset(&fakes[i], 0, sizeof(fakes[i]));
	fakes[i].live = true;
	*fd = FIRST_FD + (int)i;
	return FIRST_PID + (int)i;
}

static struct fake *fake_of(int fd)
{
	NEED(fd >= FIRST_FD && fd < FIRST_FD + POOL_WORKERS_MAX);
	NEED(fakes[fd - FIRST_FD].live);
	return &fakes[fd - FIRST_FD];
}

/* The linker leads the owner's calls here. */
int __wrap_close(int fd);
int __wrap_kill(pid_t pid, int sig);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);
ssize_t __wrap_send(int fd, const void *p, size_t n, int flags);
ssize_t __wrap_recv(int fd, void *p, size_t n, int flags);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);

int __wrap_close(int fd)
{
	fake_of(fd);
	return 0;
}

int __wrap_kill(pid_t pid, int sig)
{
	NEED(pid >= FIRST_PID && pid < FIRST_PID + POOL_WORKERS_MAX);
	return 0;
}

pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	fakes[pid - FIRST_PID].live = false;
	return pid;
}

/* A task: of a layer that may be worked on, of chunks that it has. */
ssize_t __wrap_send(int fd, const void *p, size_t n, int flags)
{
	struct fake *k = fake_of(fd);
	const struct worker_task *t = p;
	const struct index *ix;

	NEED(n == sizeof(*t) && !k->tasked);
	NEED(t->layer < LAYERS && t->mirror < engine.n_mirrors);
	NEED(!layers[t->layer].held && !layers[t->layer].done);
	ix = &layers[t->layer].ix;
	NEED(t->range.n && t->range.first + t->range.n <= ix->n);
	NEED(t->range.offset + t->range.size <= ix->layer_size);
	NEED(t->stream == engine.mirrors[t->mirror].no_range);
	/* backoff and Retry-After are bounded, and so is a wait */
	NEED(t->wait_ms <= 90000);
	k->t = *t;
	k->next = t->range.first;
	k->tasked = true;
	return (ssize_t)n;
}

ssize_t __wrap_recv(int fd, void *p, size_t n, int flags)
{
	struct fake *k = fake_of(fd);

	if (k->n) {
		memcpy(p, &k->words[0], sizeof(k->words[0]));
		memmove(k->words, k->words + 1, --k->n * sizeof(k->words[0]));
		return sizeof(k->words[0]);
	}
	if (k->garbage) {
		k->garbage = false;
		return 3;
	}
	if (k->dead)
		return 0;
	errno = EAGAIN;
	return -1;
}

static uint64_t offset_of(const struct index *ix, uint64_t chunk)
{
	uint64_t at = 0;

	while (chunk--)
		at += index_len(ix, chunk);
	return at;
}

static void say_proven(struct fake *k, uint64_t n)
{
	const struct index *ix = &layers[k->t.layer].ix;
	uint64_t end = k->t.range.first + k->t.range.n, i;
	struct worker_word w = {.what = WORKER_PROVEN};

	if (n > end - k->next)
		n = end - k->next;
	if (!n)
		return;
	w.proven.first = k->next;
	w.proven.n = n;
	w.proven.offset = offset_of(ix, k->next);
	for (i = 0; i < n; i++) {
		w.proven.size += index_len(ix, k->next + i);
		proven[k->t.layer][k->next + i] = 1;
	}
	k->next += n;
	k->words[k->n++] = w;
}

static void say_end(struct fake *k, enum worker_what what)
{
	struct worker_word w = {.what = what, .bytes = take() << 8, .ms = take()};

	if (what == WORKER_FAILED) {
		failures++;
		w.after_ms = take() % 61 * 1000;
		w.no_range = take() > 250;
		w.mixed = take() & 1;
		fetch_fail(&w.e, 1 + take() % (CODE_COUNT - 1),
			   "layer: told (expected %u, got 1)", take() & 1);
		w.e.status = take() * 3;
	}
	k->words[k->n++] = w;
	k->tasked = false;
}

/* A lie: chunks that it has not been asked for, or that there are not. */
static void say_nonsense(struct fake *k)
{
	struct worker_word w = {.what = WORKER_PROVEN};

	w.proven.first = take() & 1 ? UINT64_MAX - take() : take() % CHUNKS;
	w.proven.n = take() & 1 ? UINT64_MAX - take() : 1 + take() % CHUNKS;
	if (w.proven.first >= k->t.range.first &&
	    w.proven.n <= k->t.range.n &&
	    w.proven.first - k->t.range.first <= k->t.range.n - w.proven.n)
		return;
	failures++;
	k->words[k->n++] = w;
}

static void act(struct fake *k)
{
	unsigned int what = left ? take() : 0;

	if (k->n > WORDS - 2)
		return;
	if (!left) {
		say_proven(k, CHUNKS);
		say_end(k, WORKER_DONE);
		return;
	}
	switch (what % 8) {
	case 0:
		say_proven(k, CHUNKS);
		say_end(k, WORKER_DONE);
		return;
	case 1:
		say_proven(k, 1 + what / 8 % 4);
		return;
	case 2:
		say_proven(k, what / 8 % 4);
		say_end(k, WORKER_FAILED);
		return;
	case 3:
		/* done, it says, and nothing is proven */
		say_end(k, WORKER_DONE);
		return;
	case 4:
		failures++;
		k->dead = true;
		return;
	case 5:
		say_nonsense(k);
		return;
	case 6:
		failures++;
		k->garbage = true;
		return;
	default:
		now_ms += 1ull << what / 8 % 17;
	}
}

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	unsigned int i;
	int ready = 0;

	NEED(++steps < STEPS_MAX);
	now_ms += 1 + (left ? take() : 200);
	for (i = 0; i < POOL_WORKERS_MAX; i++)
		if (fakes[i].live && fakes[i].tasked && (!left || take() & 3))
			act(&fakes[i]);
	for (i = 0; i < n; i++) {
		const struct fake *k;

		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		k = fake_of(fds[i].fd);
		if (k->n || k->garbage || k->dead) {
			fds[i].revents = POLLIN;
			ready++;
		}
	}
	return ready;
}

static int whole(void *user, unsigned int i, struct fetch_error *e)
{
	uint64_t k;

	NEED(layers[i].done);
	for (k = 0; k < layers[i].ix.n; k++)
		NEED(proven[i][k]);
	/* what was held may begin now */
	for (i = 0; i < LAYERS; i++)
		layers[i].held = false;
	return 0;
}

static void make_layer(unsigned int i)
{
	static const uint8_t digest[DIGEST_SIZE];
	uint8_t *p = index_bytes[i] + INDEX_HEADER;
	uint64_t n = 1 + take() % CHUNKS, k, sum = 0;

	for (k = 0; k < n; k++) {
		uint32_t len = 1 + (take() << (take() % 15));

		index_entry(p + k * INDEX_ENTRY, len, digest);
		sum += len;
	}
	index_header(index_bytes[i], sum, n);
	layers[i] = (struct fetch_layer){.rel = "r", .name = "layer", .fd = -1};
	NEED(!index_open(&layers[i].ix, index_bytes[i],
			 INDEX_HEADER + n * INDEX_ENTRY, NULL));
	layers[i].held = i && take() & 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const urls[] = {"http://a", "http://b", "http://c"};
	const struct fetch_watch watch = {.whole = whole};
	static struct fetch_conn conn;
	struct fetch_env env = {0};
	struct fetch_error e = {0};
	unsigned int i, mirrors;
	int ret;

	input = data;
	left = size;
	now_ms = 1000;
	steps = failures = 0;
	memset(proven, 0, sizeof(proven));
	memset(fakes, 0, sizeof(fakes));
	env.seed = take();
	env.connections = take() % 10;
	fetch_init(&engine, &env, &conn);
	mirrors = 1 + take() % 3;
	for (i = 0; i < mirrors; i++)
		NEED(!fetch_add_mirror(&engine, text_span(urls[i]), NULL));
	for (i = 0; i < LAYERS; i++)
		make_layer(i);
	ret = fetch_layers(&engine, layers, LAYERS, &watch, &e);
	for (i = 0; i < POOL_WORKERS_MAX; i++)
		NEED(!fakes[i].live);
	for (i = 0; i < mirrors; i++)
		NEED(!engine.mirrors[i].active);
	if (ret) {
		NEED(ret == -EPROTO && e.code != CODE_NONE && e.text[0]);
		NEED(strlen(e.text) < sizeof(e.text));
		/* nobody gives up where nothing went wrong */
		NEED(failures || e.code == CODE_CAGE);
		return 0;
	}
	for (i = 0; i < LAYERS; i++)
		NEED(layers[i].done);
	return 0;
}

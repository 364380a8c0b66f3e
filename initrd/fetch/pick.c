// SPDX-License-Identifier: MIT
/*
 * pick.c - who fetches what from whom. Layers in their order; of mirrors the
 * operator's first, unless it is bad or slow; each of the others is asked for
 * a little, once in a while, so that its speed is known.
 */
#include "fetch/clock.h"
#include "fetch/pool.h"

#define RANGE_MIN   (256u << 10)
#define RANGE_MAX   (4u << 20)
#define RANGE_MS    250	  /* of one connection's time */
#define PROBE_MS    15000 /* how long a measured speed is believed */
#define TWIN_MS	    250	  /* a task this young is not late */
#define HOPELESS_MS 1000  /* nor this one given up */

static unsigned int busy(const struct pool *p)
{
	unsigned int i, n = 0;

	for (i = 0; i < POOL_WORKERS_MAX; i++)
		n += p->slots[i].busy;
	return n;
}

static unsigned int busy_at(const struct pool *p, unsigned int layer)
{
	unsigned int i, n = 0;

	for (i = 0; i < POOL_WORKERS_MAX; i++)
		n += p->slots[i].busy && p->slots[i].layer == layer;
	return n;
}

/* Mirrors that answer whole layers only, a bit each. */
static unsigned int no_ranges(const struct fetch *f)
{
	unsigned int i, set = 0;

	for (i = 0; i < f->n_mirrors; i++)
		set |= (unsigned int)f->mirrors[i].no_range << i;
	return set;
}

/* A mirror whose speed nobody knows (any more), for a small range; or -1. */
static int probe(const struct pool *p, const struct pool_layer *l)
{
	const struct fetch *f = p->f;
	uint64_t now = clock_ms();
	unsigned int i;

	if (!busy(p) || p->limit < 2)
		return -1;
	for (i = 0; i < f->n_mirrors; i++) {
		const struct fetch_mirror *m = &f->mirrors[i];

		if (i == f->current || m->active || m->no_range)
			continue;
		if (m->rate ? now - m->rated_ms < PROBE_MS : m->rated_ms)
			continue;
		if ((m->bad && now < m->bad_until_ms) || now < m->away_until_ms)
			continue;
		if (now >= l->retry.ready_ms[i])
			return (int)i;
	}
	return -1;
}

static uint64_t range_max(const struct pool *p, const struct pool_layer *l,
			  unsigned int m, bool probing)
{
	uint64_t max = RANGE_MAX, share;
	uint64_t rate = p->f->mirrors[m].rate;

	if (probing || (!rate && p->f->n_mirrors > 1))
		return RANGE_MIN;
	if (rate && rate * RANGE_MS / 1000 < max)
		max = rate * RANGE_MS / 1000;
	/* so that all end at about the same time */
	share = l->plan.left / (2 * p->width);
	if (p->width > 1 && share < max)
		max = share;
	return max < RANGE_MIN ? RANGE_MIN : max;
}

static void begin(struct pool *p, unsigned int i, unsigned int layer,
		  unsigned int m, struct worker_task *t)
{
	struct pool_layer *l = &p->layer[layer];
	struct pool_slot *s = &p->slots[i];

	t->layer = layer;
	t->mirror = m;
	t->wait_ms = retry_wait(p->f, &l->retry, m);
	s->busy = true;
	s->stream = t->stream;
	s->layer = layer;
	s->mirror = m;
	s->task = s->rest = t->range;
	s->begun_ms = clock_ms() + t->wait_ms;
	s->done = 0;
	s->twin = -1;
	l->streamed |= t->stream;
	p->f->mirrors[m].active++;
	if (!p->layers[layer].start_ms)
		p->layers[layer].start_ms = clock_ms();
}

static bool take(struct pool *p, unsigned int i, unsigned int layer,
		 unsigned int m, bool probing, struct worker_task *t)
{
	struct pool_layer *l = &p->layer[layer];

	t->stream = p->f->mirrors[m].no_range;
	if (t->stream && l->streamed)
		return false;
	if (t->stream ? !plan_stream(&l->plan, &t->range)
		      : !plan_take(&l->plan, range_max(p, l, m, probing),
				   &t->range))
		return false;
	begin(p, i, layer, m, t);
	return true;
}

/*
 * How long slot @s will still need at its speed so far, and how long somebody
 * else would who begins now.
 */
static bool late(const struct pool *p, const struct pool_slot *s, uint64_t now)
{
	uint64_t best = 1, ms = now - s->begun_ms, mine, other;
	unsigned int k;

	if (now < s->begun_ms + TWIN_MS)
		return now < s->begun_ms;
	for (k = 0; k < p->f->n_mirrors; k++)
		if (retry_rate(p->f, k) > best)
			best = retry_rate(p->f, k);
	mine = s->done ? s->rest.size * ms / s->done : UINT64_MAX;
	other = s->rest.size * 1000 / best + TWIN_MS;
	return mine / 2 > other;
}

/* Nothing is left to begin: ask once more for what is late. */
static bool twin(struct pool *p, unsigned int i, struct worker_task *t)
{
	uint64_t now = clock_ms();
	unsigned int k;

	for (k = 0; k < POOL_WORKERS_MAX; k++) {
		struct pool_slot *s = &p->slots[k];
		unsigned int layer = s->layer;
		int m;

		if (!s->busy || s->stream || s->twin >= 0 || !s->rest.n ||
		    pick_twin(p, k) || !late(p, s, now))
			continue;
		m = retry_pick(p->f, &p->layer[layer].retry, s->mirror + 1,
			       no_ranges(p->f));
		if (m < 0)
			continue;
		/* who waits for his turn must not wait a second time */
		if (now < p->layer[layer].retry.ready_ms[m])
			continue;
		t->range = s->rest;
		t->stream = false;
		begin(p, i, layer, (unsigned int)m, t);
		s->twin = (int)i;
		return true;
	}
	return false;
}

bool pick_twin(const struct pool *p, unsigned int i)
{
	unsigned int k;

	for (k = 0; k < POOL_WORKERS_MAX; k++)
		if (p->slots[k].busy && p->slots[k].twin == (int)i)
			return true;
	return p->slots[i].twin >= 0 && p->slots[p->slots[i].twin].busy;
}

/* The last failure, and whom wrong bytes speak against. */
static int spent(const struct pool_layer *l, struct fetch_error *e)
{
	size_t n = strlen(l->last.text);
	const char *hint = "";

	*e = l->last;
	if (e->code == CODE_HASH && l->same > l->other)
		hint = "; the same each time: suspect the mirror";
	else if (e->code == CODE_HASH && l->other > 1)
		hint = "; never the same: suspect hardware";
	if (n + strlen(hint) < sizeof(e->text))
		memcpy(e->text + n, hint, strlen(hint) + 1);
	return -EPROTO;
}

void pick_look(struct pool *p)
{
	uint64_t now = clock_ms(), most;
	unsigned int i;

	for (i = 0; i < p->f->n_mirrors; i++)
		p->f->mirrors[i].most = 0;
	for (i = 0; i < POOL_WORKERS_MAX; i++) {
		const struct pool_slot *s = &p->slots[i];
		struct fetch_mirror *m = &p->f->mirrors[s->mirror];

		if (!s->busy || s->stream || now <= s->begun_ms)
			continue;
		most = (s->rest.size + s->done) * 1000 / (now - s->begun_ms);
		if (!m->most || most < m->most)
			m->most = most ? most : 1;
	}
}

bool pick_hopeless(const struct pool *p, unsigned int i)
{
	const struct pool_slot *s = &p->slots[i];
	uint64_t now = clock_ms();

	return s->busy && !s->stream && !pick_twin(p, i) &&
	       now > s->begun_ms + HOPELESS_MS &&
	       retry_slow(p->f, s->mirror, 8) && late(p, s, now);
}

int pick_task(struct pool *p, unsigned int i, struct worker_task *t,
	      struct fetch_error *e)
{
	unsigned int k;
	int m;

	memset(t, 0, sizeof(*t));
	pick_look(p);
	for (k = 0; k < p->n; k++) {
		struct pool_layer *l = &p->layer[k];

		if (p->layers[k].held || p->layers[k].done)
			continue;
		m = probe(p, l);
		if (m >= 0 && take(p, i, k, (unsigned int)m, true, t))
			return 1;
		m = retry_pick(p->f, &l->retry, p->f->current, 0);
		if (m < 0 && !busy_at(p, k))
			return spent(l, e);
		/* one stream of a layer is enough */
		if (l->streamed)
			m = retry_pick(p->f, &l->retry, p->f->current,
				       no_ranges(p->f));
		if (m >= 0 && take(p, i, k, (unsigned int)m, false, t))
			return 1;
	}
	return twin(p, i, t);
}

// SPDX-License-Identifier: MIT
/*
 * lan.c - the process that owns the network: one loop over all links. It is a
 * fork of PID 1 that shares one page with it; everything it learned is also in
 * the file of the lease.
 */
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "child.h"
#include "console.h"
#include "file.h"
#include "lanlink.h"

#define SCAN_MS	     100  /* while an address is wanted */
#define IDLE_SCAN_MS 1000 /* afterwards */
#define TURN_MS	     25
#define IDLE_TURN_MS 250
#define STOP_MS	     2000

static volatile sig_atomic_t ended;

static void on_term(int sig)
{
	ended = 1;
}

static void fix_static(struct lan *l, struct lan_link *k, uint64_t now)
{
	struct lease given = {.from = LEASE_NONE};

	if (bootnet_static(k->how, &given, NULL))
		return;
	if (given.addr)
		lan4_fix(l, k, &given, now);
	else
		lan6_fix(l, k, &given.six);
}

/* What is known about a link's address before anybody is asked. */
static void prepare(struct lan *l, struct lan_link *k, uint64_t now)
{
	const struct bootargs *a = &l->b->args;
	struct lease given = {.from = LEASE_NONE};
	bool elsewhere = a->has_bootif && !lan_is_bootif(l, k);

	if (k->how && k->how->ip == IP_STATIC) {
		/* of no named device: that of the firmware */
		if (!k->how->dev.n && elsewhere)
			k->use = false;
		else if (k->use)
			fix_static(l, k, now);
	} else if (a->handed.n && !elsewhere && k->use && lan_wants4(k) &&
		   !lease_handed(&given, a->handed)) {
		lan4_fix(l, k, &given, now);
	}
}

static void turn(struct lan *l, uint64_t now)
{
	bool ready = l->status->ready;
	unsigned int before = l->n;

	if (now >= l->scan_ms) {
		lan_scan(l, now);
		while (before < l->n)
			prepare(l, &l->links[before++], now);
		lan6_look(l, now);
		l->scan_ms = now + (ready ? IDLE_SCAN_MS : SCAN_MS);
	}
	for (unsigned int i = 0; i < l->n; i++) {
		struct lan_link *k = &l->links[i];

		if (l->chosen && l->chosen != k)
			continue;
		lan4_tick(l, k, now);
		lan6_tick(l, k, now);
	}
	lan_pick(l, now);
	lan_publish(l, now);
	lan_notice(l, now);
}

static void run(struct lan *l)
{
	struct pollfd p = {.fd = l->s, .events = POLLIN};

	while (!ended) {
		turn(l, clock_ms());
		if (poll(&p, 1, l->status->ready ? IDLE_TURN_MS : TURN_MS) > 0)
			lan_receive(l);
	}
	cage_close(&l->cage);
}

static void own(struct boot *b, struct lan_status *status)
{
	static struct lan l;
	int ret;

	signal(SIGTERM, on_term);
	l.b = b;
	l.status = status;
	l.start_ms = l.notice_ms = clock_ms();
	l.seed = b->seed ^ b->seed >> 32;
	ret = lan_open(&l);
	if (ret)
		console_say("network: no packet socket: %s", strerror(-ret));
	else
		run(&l);
	_exit(ret ? 1 : 0);
}

int lan_start(struct boot *b)
{
	void *page =
		mmap(NULL, sizeof(struct lan_status), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (page == MAP_FAILED)
		return -errno;
	unlink(LAN_LEASE);
	pid = fork();
	if (pid < 0) {
		pid = -errno;
		munmap(page, sizeof(struct lan_status));
		return pid;
	}
	if (!pid)
		own(b, page);
	b->lan = pid;
	b->lan_status = page;
	return 0;
}

int lan_load(struct boot *b)
{
	char text[LEASE_SIZE_MAX + 1];
	struct fault f = {0};
	int n = file_read(LAN_LEASE, text, sizeof(text));

	if (n < 0)
		return n;
	return lease_parse(&b->lease, (struct span){text, n}, &f);
}

void lan_stop(struct boot *b)
{
	if (b->lan <= 0)
		return;
	child_stop(b->lan, STOP_MS);
	b->lan = 0;
	if (b->has_lease)
		lan_load(b);
}

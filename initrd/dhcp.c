// SPDX-License-Identifier: MIT
/*
 * dhcp.c - the client is started per link for a minute; what it hands its
 * handler is parsed as hostile text and arrives in PID 1 as a checked file.
 */
#include <signal.h>
#include <unistd.h>
#include "address.h"
#include "child.h"
#include "console.h"
#include "dhcp.h"
#include "file.h"
#include "nic.h"
#include "sys.h"

#define LINK_MS	  60000
#define BUDGET_MS (15 * 60 * 1000)
#define POLL_MS	  50
#define NOTICE_MS 10000
#define PAUSE_MS  1000
#define STOP_MS	  2000

static int load_lease(struct boot *b)
{
	char text[LEASE_SIZE_MAX + 1];
	struct fault f = {0};
	int n = file_read(DHCP_LEASE, text, sizeof(text));

	if (n < 0)
		return n;
	if (lease_parse(&b->lease, (struct span){text, n}, &f) ||
	    lease_check(&b->lease, &f))
		return -EBADMSG;
	return 0;
}

static pid_t start_client(const struct boot *b, const char *ifname)
{
	char *const argv[] = {"/bin/busybox",
			      "udhcpc",
			      "-f",
			      "-i",
			      (char *)ifname,
			      "-s",
			      DHCP_HANDLER,
			      "-t",
			      "4",
			      "-T",
			      "2",
			      "-A",
			      "3",
			      "-V",
			      "slipway",
			      NULL};

	return child_start(argv, !b->args.debug);
}

/* Ask over one link for a minute; 0 when there is a lease. */
static int try_link(struct boot *b, const char *ifname)
{
	uint64_t start = sys_now_ms(), noticed = start, now = start;

	unlink(DHCP_LEASE);
	b->dhcp = start_client(b, ifname);
	if (b->dhcp < 0)
		return b->dhcp;
	console_say("dhcp %s: asking", ifname);
	for (; now - start < LINK_MS; now = sys_now_ms()) {
		if (!load_lease(b))
			return 0;
		if (!child_reap(b->dhcp)) {
			console_say("dhcp %s: client ended", ifname);
			b->dhcp = 0;
			return -ECHILD;
		}
		if (now - noticed >= NOTICE_MS) {
			noticed = now;
			console_say("dhcp %s: no answer for %u s", ifname,
				    (unsigned int)((now - start) / 1000));
		}
		sys_sleep_ms(POLL_MS);
	}
	dhcp_stop(b);
	return -ETIMEDOUT;
}

void dhcp_stop(struct boot *b)
{
	if (b->dhcp > 0)
		child_stop(b->dhcp, STOP_MS);
	b->dhcp = 0;
}

int dhcp_get(struct boot *b)
{
	uint64_t start = sys_now_ms();
	unsigned int first = b->nic, tries = 0;

	while (sys_now_ms() - start < BUDGET_MS) {
		for (unsigned int k = 0; k < b->n_nics; k++) {
			unsigned int i = (first + k) % b->n_nics;

			if (nic_carrier(b->nics[i].name) <= 0)
				continue;
			tries++;
			if (try_link(b, b->nics[i].name))
				continue;
			b->nic = i;
			return 0;
		}
		sys_sleep_ms(PAUSE_MS);
	}
	return fetch_fail(&b->error, CODE_DHCP,
			  "dhcp: no lease on %u interfaces after %u tries in "
			  "%u min",
			  b->n_nics, tries, BUDGET_MS / 60000);
}

static void read_environment(struct lease *l)
{
	for (char **e = environ; e && *e; e++) {
		struct span key, value;
		char name[16];

		text_cut(text_span(*e), '=', &key, &value);
		if (!value.p || text_copy(name, sizeof(name), key))
			continue;
		/* a value refused leaves its field empty, for lease_check */
		lease_set(l, name, value);
	}
}

/* The client would keep a lease that nobody uses, until it runs out. */
static int give_up(const char *event)
{
	if (!strcmp(event, "bound"))
		kill(getppid(), SIGTERM);
	return 1;
}

int dhcp_main(const char *event)
{
	static struct lease l;
	char text[LEASE_SIZE_MAX];
	struct fault f = {0};
	int n;

	if (strcmp(event, "bound") && strcmp(event, "renew"))
		return 0;
	read_environment(&l);
	if (lease_check(&l, &f)) {
		console_say("dhcp: offer refused: %s", f.why);
		return 1;
	}
	n = address_apply(&l);
	if (n) {
		console_say("dhcp %s: %s", l.ifname, strerror(-n));
		return give_up(event);
	}
	n = lease_print(&l, text, sizeof(text));
	if (n < 0 || file_write(DHCP_LEASE, text, n, 0644))
		return give_up(event);
	return 0;
}

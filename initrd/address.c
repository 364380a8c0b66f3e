// SPDX-License-Identifier: MIT
/*
 * address.c - waits for the network's process to have an address for this
 * machine. A switch may take a minute to let frames through, and after a power
 * cut the machines are back long before their DHCP server is.
 */
#include "fetch/clock.h"
#include "boot.h"
#include "child.h"
#include "console.h"
#include "lan.h"
#include "linkmac.h"
#include "sys.h"

#define BUDGET_MS (20 * 60 * 1000)
#define STATIC_MS (3 * 60 * 1000) /* there is nobody to wait for but a port */
#define POLL_MS	  20

static uint64_t budget(const struct bootargs *a)
{
	for (unsigned int i = 0; i < a->n_addrs; i++)
		if (a->addrs[i].ip != IP_STATIC && a->addrs[i].ip != IP_NONE)
			return BUDGET_MS;
	return a->n_addrs ? STATIC_MS : BUDGET_MS;
}

static int wait_ready(struct boot *b)
{
	const struct lan_status *s = b->lan_status;
	uint64_t start = clock_ms(), limit = budget(&b->args);

	while (!s->ready) {
		if (!child_reap(b->lan))
			return fetch_fail(&b->error, CODE_DHCP,
					  "network: its process ended");
		if (clock_ms() - start >= limit)
			return fetch_fail(
				&b->error, CODE_DHCP,
				"network: no address on %u "
				"interfaces within %u min%s%.*s",
				s->nics, (unsigned int)(limit / 60000),
				s->why[0] ? "; " : "", LAN_WHY, s->why);
		sys_sleep_ms(POLL_MS);
	}
	return 0;
}

int address_get(struct boot *b)
{
	struct nic n;
	int ret;

	if (!b->lan) {
		console_say("address: left as it is (ip=none)");
		return 0;
	}
	ret = wait_ready(b);
	if (ret)
		return ret;
	ret = lan_load(b);
	if (ret)
		return fetch_fail(&b->error, CODE_DHCP, "%s: %s", LAN_LEASE,
				  strerror(-ret));
	b->has_lease = true;
	if (!nic_find(&n, b->lease.ifname))
		link_mac(b, &n);
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * link.c - the network's own process is started and sets all links up; this
 * waits until one of those that may be used has carrier.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "boot.h"
#include "child.h"
#include "console.h"
#include "file.h"
#include "identity.h"
#include "lan.h"
#include "linkmac.h"
#include "modules.h"
#include "nodriver.h"
#include "sys.h"

#define HARDWARE_MS 60000  /* a driver may wait for its firmware */
#define CARRIER_MS  120000 /* a port that talks LACP takes 70 s */
#define POLL_MS	    20

void link_mac(struct boot *b, const struct nic *n)
{
	snprintf(b->machine.mac, sizeof(b->machine.mac),
		 "%02x:%02x:%02x:%02x:%02x:%02x", n->mac[0], n->mac[1],
		 n->mac[2], n->mac[3], n->mac[4], n->mac[5]);
}

static bool nothing_to_do(const struct bootargs *a)
{
	for (unsigned int i = 0; i < a->n_addrs; i++)
		if (a->addrs[i].ip != IP_NONE)
			return false;
	return a->n_addrs;
}

static bool wanted(const struct boot *b, const struct nic *n)
{
	for (unsigned int i = 0; i < b->args.n_addrs; i++)
		if (b->args.addrs[i].dev.n &&
		    span_is(b->args.addrs[i].dev, n->name))
			return true;
	return b->args.has_bootif && !memcmp(b->args.bootif, n->mac, 6);
}

/* The network is somebody else's: only learn who this machine is. */
static void adopt(struct boot *b)
{
	struct nic nics[NIC_MAX], firmware = {0};
	int n = nic_list(nics), best = n > 0 ? 0 : -1;

	for (int i = n - 1; i >= 0; i--)
		if (wanted(b, &nics[i]))
			best = i;
	memcpy(firmware.mac, b->args.bootif, 6);
	if (best >= 0) {
		link_mac(b, &nics[best]);
		console_say("link %s %s", nics[best].name, b->machine.mac);
	} else if (b->args.has_bootif) {
		link_mac(b, &firmware);
	}
}

/* Find out about paths that swallow large packets (RFC 4821) and go on. */
static void probe_mtu(void)
{
	int fd = open("/proc/sys/net/ipv4/tcp_mtu_probing",
		      O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	file_put(fd, "1", 1);
	close(fd);
}

static int wait_carrier(struct boot *b)
{
	const struct lan_status *s = b->lan_status;
	uint64_t start = clock_ms(), now = start;
	char why[100];

	while (!s->carriers) {
		modules_rescan(b);
		if (!child_reap(b->lan))
			return fetch_fail(&b->error, CODE_LINK,
					  "network: its process ended");
		now = clock_ms();
		if (!s->nics && now - start >= HARDWARE_MS) {
			nodriver_text(why, sizeof(why));
			return fetch_fail(&b->error, CODE_LINK,
					  "network: no wired interface "
					  "(expected one within %u s)%s",
					  HARDWARE_MS / 1000, why);
		}
		if (now - start >= CARRIER_MS)
			return fetch_fail(&b->error, CODE_LINK,
					  "network: none of %u interfaces has "
					  "carrier (waited %u s)",
					  s->nics, CARRIER_MS / 1000);
		sys_sleep_ms(POLL_MS);
	}
	return 0;
}

static int check_static(struct boot *b)
{
	for (unsigned int i = 0; i < b->args.n_addrs; i++) {
		const struct bootargs_addr *a = &b->args.addrs[i];
		struct lease l = {.from = LEASE_NONE};
		struct fault f = {0};

		if (a->ip == IP_STATIC && bootnet_static(a, &l, &f))
			return fetch_fail(&b->error, CODE_DHCP, "ip=%.*s: %s",
					  (int)a->client.n, a->client.p, f.why);
	}
	return 0;
}

/* The kernel makes such links only once it can. */
static void need_modules(struct boot *b)
{
	if (b->args.n_bonds)
		modules_need(b, "bonding");
	if (b->args.n_vlans)
		modules_need(b, "8021q");
}

int link_up(struct boot *b)
{
	int ret;

	nic_up("lo");
	identity_read(&b->machine);
	if (nothing_to_do(&b->args)) {
		adopt(b);
		return 0;
	}
	ret = check_static(b);
	if (ret)
		return ret;
	need_modules(b);
	probe_mtu();
	ret = lan_start(b);
	if (ret)
		return fetch_fail(&b->error, CODE_LINK, "network: %s",
				  strerror(-ret));
	return wait_carrier(b);
}

// SPDX-License-Identifier: MIT
/*
 * link.c - all wired links up, then the one to boot from: the NIC the
 * firmware used (BOOTIF), the one that ip= names, else the first with
 * carrier. Switches with STP and LACP take their time, so this waits; no link
 * is ever taken down.
 */
#include <stdio.h>
#include "boot.h"
#include "console.h"
#include "identity.h"
#include "modules.h"
#include "nodriver.h"
#include "sys.h"

#define WAIT_MS	    60000
#define POLL_MS	    100
#define NOTICE_MS   10000
#define HARDWARE_MS 10000

static void mac_text(const struct nic *n, char out[18])
{
	snprintf(out, 18, "%02x:%02x:%02x:%02x:%02x:%02x", n->mac[0], n->mac[1],
		 n->mac[2], n->mac[3], n->mac[4], n->mac[5]);
}

static bool wanted(const struct boot *b, const struct nic *n)
{
	if (b->args.addr.dev.n)
		return span_is(b->args.addr.dev, n->name);
	return b->args.has_bootif && !memcmp(b->args.bootif, n->mac, 6);
}

/* The NIC asked for, or -1. */
static int find_wanted(const struct boot *b)
{
	for (unsigned int i = 0; i < b->n_nics; i++)
		if (wanted(b, &b->nics[i]))
			return i;
	return -1;
}

static bool any_hardware(const struct boot *b)
{
	for (unsigned int i = 0; i < b->n_nics; i++)
		if (b->nics[i].hardware)
			return true;
	return false;
}

/* Bridges and the like are for namespaces, where there is nothing else. */
static void drop_virtual(struct boot *b)
{
	unsigned int kept = 0;

	if (!any_hardware(b))
		return;
	for (unsigned int i = 0; i < b->n_nics; i++)
		if (b->nics[i].hardware || wanted(b, &b->nics[i]))
			b->nics[kept++] = b->nics[i];
	b->n_nics = kept;
}

/* Drivers probe on their own time: NICs may still be on their way. */
static int find_nics(struct boot *b)
{
	uint64_t end = sys_now_ms() + HARDWARE_MS;
	bool named = b->args.has_bootif || b->args.addr.dev.n;
	char why[100];
	int n;

	for (;;) {
		modules_rescan(b);
		n = nic_list(b->nics);
		b->n_nics = n < 0 ? 0 : n;
		if (find_wanted(b) >= 0 || (!named && b->n_nics))
			break;
		if (sys_now_ms() >= end)
			break;
		sys_sleep_ms(POLL_MS);
	}
	drop_virtual(b);
	if (b->n_nics)
		return 0;
	nodriver_text(why, sizeof(why));
	return fetch_fail(&b->error, CODE_LINK,
			  "network: no wired interface (expected one within "
			  "%u s)%s",
			  HARDWARE_MS / 1000, why);
}

static void all_up(struct boot *b)
{
	for (unsigned int i = 0; i < b->n_nics; i++) {
		int ret = nic_up(b->nics[i].name);

		if (ret)
			console_say("link %s: %s", b->nics[i].name,
				    strerror(-ret));
	}
}

/* Look at all links once; the index of the best with carrier, or -1. */
static int look(struct boot *b, int want)
{
	int best = -1;

	for (unsigned int i = 0; i < b->n_nics; i++) {
		struct nic *n = &b->nics[i];
		bool carrier = nic_carrier(n->name) > 0;
		char mac[18];

		if (carrier != n->carrier) {
			mac_text(n, mac);
			console_say("link %s %s: %s", n->name, mac,
				    carrier ? "carrier" : "carrier lost");
		}
		n->carrier = carrier;
		if (carrier && (best < 0 || (int)i == want))
			best = i;
	}
	return best;
}

static int wait_carrier(struct boot *b)
{
	uint64_t start = sys_now_ms(), noticed = start, now;
	int want = find_wanted(b), best;

	for (;;) {
		best = look(b, want);
		if (best >= 0 && (want < 0 || best == want))
			break;
		now = sys_now_ms();
		if (now - start >= WAIT_MS)
			break;
		if (now - noticed >= NOTICE_MS) {
			noticed = now;
			console_say("link %s: no carrier yet, waiting up to "
				    "%u s",
				    want < 0 ? "any" : b->nics[want].name,
				    WAIT_MS / 1000);
		}
		sys_sleep_ms(POLL_MS);
	}
	if (best < 0)
		return fetch_fail(&b->error, CODE_LINK,
				  "network: none of %u interfaces has carrier "
				  "(waited %u s)",
				  b->n_nics, WAIT_MS / 1000);
	b->nic = best;
	return 0;
}

/* The network is somebody else's: only learn who this machine is. */
static void adopt(struct boot *b)
{
	int n = nic_list(b->nics);

	b->n_nics = n < 0 ? 0 : n;
	b->nic = find_wanted(b);
	if (b->nic < 0 && b->n_nics)
		b->nic = 0;
}

int link_up(struct boot *b)
{
	int ret = 0;

	b->nic = -1;
	nic_up("lo");
	if (b->args.ip == IP_NONE) {
		adopt(b);
	} else {
		ret = find_nics(b);
		if (!ret) {
			all_up(b);
			ret = wait_carrier(b);
		}
	}
	if (ret)
		return ret;
	if (b->nic >= 0) {
		mac_text(&b->nics[b->nic], b->machine.mac);
		console_say("link %s %s", b->nics[b->nic].name, b->machine.mac);
	} else if (b->args.has_bootif) {
		struct nic firmware = {0};

		memcpy(firmware.mac, b->args.bootif, 6);
		mac_text(&firmware, b->machine.mac);
	}
	identity_read(&b->machine);
	return 0;
}

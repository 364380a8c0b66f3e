// SPDX-License-Identifier: MIT
/*
 * lanport.c - the switch at the other end: why a port that has link carries no
 * frames, and an answer to one that waits for a partner of its aggregate.
 */
#include <stdio.h>
#include "fetch/clock.h"
#include "console.h"
#include "file.h"
#include "lanlink.h"

#define NOTICE_MS      10000
#define SILENT_MS      5000 /* with link, before silence means anything */
#define ANSWER_LACP_MS 3000 /* a switch that gives in by itself may do so */
#define NOTICE_LINKS   4

static bool served(const struct lan_link *k, uint64_t now)
{
	return k->four.state == LAN4_BOUND || k->four.got.type ||
	       k->six.lease.from != LEASE_NONE;
}

void lan_port_heard(struct lan *l, struct lan_link *k, const struct swport *s)
{
	uint64_t now = clock_ms();
	bool news = s->state != k->port.state;
	uint8_t buf[SWPORT_LACP_SIZE];
	char why[SWPORT_TEXT];

	/* spanning tree on a port of an aggregate is that of the aggregate */
	if (k->port.state == SWPORT_LACP && s->state == SWPORT_TIMED)
		return;
	k->port = *s;
	k->port_ms = now;
	if (s->state == SWPORT_LACP || k->lacp) {
		if (!k->lacp && (served(k, now) || !k->carrier_ms ||
				 now - k->carrier_ms < ANSWER_LACP_MS))
			return;
		if (!k->lacp)
			console_say("link %s: LACP: answering, for the port to "
				    "open",
				    k->nic.name);
		k->lacp = true;
		swport_answer(s, k->nic.mac, buf);
		lan_send(l, k, buf, sizeof(buf));
		return;
	}
	if (!news || served(k, now))
		return;
	swport_why(s, now - k->carrier_ms, why);
	if (why[0])
		console_say("link %s: %s", k->nic.name, why);
}

bool lan_port_blocked(const struct lan_link *k, uint64_t now)
{
	char why[SWPORT_TEXT];

	swport_why(&k->port, now - k->carrier_ms, why);
	return k->carrier_ms && why[0];
}

/* Has the card received anything at all? */
static bool deaf(const struct lan_link *k)
{
	char path[80], text[24];
	uint64_t v;
	int n;

	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/rx_packets",
		 k->nic.name);
	n = file_read_line(path, text, sizeof(text));
	return n > 0 && !text_u64((struct span){text, n}, &v) && !v;
}

static void why_of(const struct lan_link *k, uint64_t now,
		   char out[SWPORT_TEXT])
{
	out[0] = '\0';
	if (!k->carrier_ms) {
		strlcpy(out, "no carrier", SWPORT_TEXT);
		return;
	}
	swport_why(&k->port, now - k->carrier_ms, out);
	if (out[0] || now - k->carrier_ms < SILENT_MS)
		return;
	if (k->four.fixed)
		strlcpy(out, "the router is silent", SWPORT_TEXT);
	else if (deaf(k))
		strlcpy(out, "link, but the port lets no frame through",
			SWPORT_TEXT);
	else
		strlcpy(out, "frames, but no answer", SWPORT_TEXT);
}

/* Every ten seconds without an address: how each link stands. */
void lan_notice(struct lan *l, uint64_t now)
{
	unsigned int said = 0, dark = 0;
	char why[SWPORT_TEXT];

	if (l->status->ready || now - l->notice_ms < NOTICE_MS)
		return;
	l->notice_ms = now;
	for (unsigned int i = 0; i < l->n; i++) {
		struct lan_link *k = &l->links[i];

		if (!k->use)
			continue;
		dark += !k->carrier_ms;
		why_of(k, now, why);
		if (!k->carrier_ms || !why[0] || said++ >= NOTICE_LINKS)
			continue;
		console_say("address %s: none for %u s: %s", k->nic.name,
			    (unsigned int)((now - k->carrier_ms) / 1000), why);
		if (said == 1)
			snprintf(l->status->why, LAN_WHY, "%s: %s", k->nic.name,
				 why);
	}
	if (dark)
		console_say("link: %u of %u interfaces without carrier", dark,
			    l->status->nics);
}

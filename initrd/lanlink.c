// SPDX-License-Identifier: MIT
/*
 * lanlink.c - which links there are: cards as their drivers find them, with
 * the names, bonds and VLANs that the command line asks for. All go up at
 * once, none is ever taken down: each flap would cost a switch its spanning
 * tree once more.
 */
#include <stdio.h>
#include "console.h"
#include "lanlink.h"
#include "netlink.h"

static bool name_is(struct span s, const char *name)
{
	return s.n && span_is(s, name);
}

bool lan_is_bootif(const struct lan *l, const struct lan_link *k)
{
	return l->b->args.has_bootif &&
	       !memcmp(l->b->args.bootif, k->nic.mac, 6);
}

static enum bootargs_ip how_of(const struct lan_link *k)
{
	return k->how ? k->how->ip : IP_UNSET;
}

bool lan_wants4(const struct lan_link *k)
{
	enum bootargs_ip how = how_of(k);

	return how != IP_DHCP6 && how != IP_AUTO6;
}

bool lan_wants6(const struct lan_link *k)
{
	enum bootargs_ip how = how_of(k);

	return how != IP_DHCP && how != IP_STATIC;
}

/* ip= for this device, or the one for all; NULL when there is none at all. */
static const struct bootargs_addr *how(const struct bootargs *a,
				       const char *name, bool *use)
{
	const struct bootargs_addr *all = NULL;

	*use = true;
	for (unsigned int i = 0; i < a->n_addrs; i++) {
		if (!a->addrs[i].dev.n)
			all = &a->addrs[i];
		else if (span_is(a->addrs[i].dev, name))
			return &a->addrs[i];
	}
	/* devices were named, and this is not one of them */
	if (!all && a->n_addrs)
		*use = false;
	return all;
}

static bool is_slave(const struct bootargs *a, const char *name)
{
	for (unsigned int i = 0; i < a->n_bonds; i++) {
		struct span links = a->bonds[i].links, one;

		while (links.n) {
			text_cut(links, ',', &one, &links);
			if (span_is(one, name))
				return true;
		}
	}
	return false;
}

static bool is_parent(const struct bootargs *a, const char *name)
{
	for (unsigned int i = 0; i < a->n_vlans; i++)
		if (span_is(a->vlans[i].parent, name))
			return true;
	return false;
}

/* Is @name something that the command line made or speaks of? */
static bool is_named(const struct bootargs *a, const char *name)
{
	unsigned int i;

	for (i = 0; i < a->n_vlans; i++)
		if (span_is(a->vlans[i].name, name))
			return true;
	for (i = 0; i < a->n_bonds; i++)
		if (span_is(a->bonds[i].name, name))
			return true;
	for (i = 0; i < a->n_addrs; i++)
		if (name_is(a->addrs[i].dev, name))
			return true;
	return is_slave(a, name) || is_parent(a, name);
}

static void complain(const char *what, const char *name, int err)
{
	if (err)
		console_say("link %s: %s: %s", name, what, strerror(-err));
}

/* The name that ifname= has for this card; only a link that is down takes it.
 */
static void rename_link(const struct bootargs *a, struct nic *n)
{
	char name[16];

	for (unsigned int i = 0; i < a->n_ifnames; i++) {
		if (memcmp(a->ifnames[i].mac, n->mac, 6) || n->up ||
		    span_is(a->ifnames[i].name, n->name) ||
		    text_copy(name, sizeof(name), a->ifnames[i].name))
			continue;
		if (netlink_rename(n->index, name)) {
			console_say("link %s: cannot be named %s", n->name,
				    name);
			continue;
		}
		console_say("link %s: named %s", n->name, name);
		memcpy(n->name, name, sizeof(n->name));
	}
}

static const struct nic *find(const struct nic *nics, int n, struct span name)
{
	for (int i = 0; i < n; i++)
		if (span_is(name, nics[i].name))
			return &nics[i];
	return NULL;
}

/* It is tried again with every look at the links, and told of once. */
static void complain_once(uint32_t *said, unsigned int i, const char *what,
			  const char *name, int err)
{
	if (!(*said & 1u << i))
		complain(what, name, err);
	if (err)
		*said |= 1u << i;
}

static void make_bond(struct lan *l, unsigned int i, const struct nic *nics,
		      int n)
{
	const struct bootargs_bond *o = &l->b->args.bonds[i];
	const struct nic *bond = find(nics, n, o->name), *k;
	struct span links = o->links, one;
	char name[16];

	text_copy(name, sizeof(name), o->name);
	if (!bond || !bond->up)
		complain_once(&l->bonds_failed, i, "bond", name,
			      netlink_bond(name, o->options));
	if (!bond)
		return; /* it is in the next list */
	if (o->mtu && !bond->up)
		netlink_mtu(bond->index, o->mtu);
	while (links.n) {
		text_cut(links, ',', &one, &links);
		k = find(nics, n, one);
		/* one that is up belongs to it already */
		if (k && !k->up)
			complain_once(&l->bonds_failed, i, "bond", k->name,
				      netlink_enslave(k->index, bond->index));
	}
}

static void make_vlan(struct lan *l, unsigned int i, const struct nic *nics,
		      int n)
{
	const struct bootargs_vlan *v = &l->b->args.vlans[i];
	const struct nic *parent = find(nics, n, v->parent);
	char name[16];

	text_copy(name, sizeof(name), v->name);
	if (parent && parent->up && !find(nics, n, v->name))
		complain_once(&l->vlans_failed, i, "vlan", name,
			      netlink_vlan(name, parent->index, v->id));
}

static struct lan_link *known(struct lan *l, int index)
{
	for (unsigned int i = 0; i < l->n; i++)
		if (l->links[i].nic.index == index)
			return &l->links[i];
	return NULL;
}

static void mac_text(const struct nic *n, char out[18])
{
	snprintf(out, 18, "%02x:%02x:%02x:%02x:%02x:%02x", n->mac[0], n->mac[1],
		 n->mac[2], n->mac[3], n->mac[4], n->mac[5]);
}

static void carrier(struct lan *l, struct lan_link *k, bool now_up,
		    uint64_t now)
{
	char mac[18];

	k->nic.carrier = now_up;
	if (now_up == !!k->carrier_ms)
		return;
	mac_text(&k->nic, mac);
	console_say("link %s %s: %s", k->nic.name, mac,
		    now_up ? "carrier" : "carrier lost");
	k->carrier_ms = now_up ? now : 0;
	memset(&k->port, 0, sizeof(k->port));
	k->lacp = false;
	if (!now_up)
		return;
	/* a bound one asks whether it still may, the others begin anew */
	if (k->four.state == LAN4_BOUND)
		k->four.t1_ms = k->four.t1_ms ? now : 0;
	else
		lan4_reset(l, k, now);
	k->six.next_rs_ms = now;
	k->six.begun_ms = now;
}

static void add(struct lan *l, const struct nic *n, uint64_t now)
{
	const struct bootargs *a = &l->b->args;
	struct lan_link *k = &l->links[l->n++];

	memset(k, 0, sizeof(*k));
	k->nic = *n;
	k->how = how(a, n->name, &k->use);
	if (k->how && k->how->ip == IP_NONE)
		k->use = false;
	/* what is below a bond or a VLAN is not asked unless it is named */
	if (is_slave(a, n->name) ||
	    (is_parent(a, n->name) && !(k->how && k->how->dev.n)))
		k->use = false;
	/* a bond takes links that are down, and sets them up itself */
	if (!is_slave(a, n->name)) {
		complain("up", n->name, n->up ? 0 : netlink_up(n->index));
		lan_listen(l, k);
	}
	lan4_reset(l, k, now);
	k->six.xid = lan_random(l);
}

static bool any_hardware(const struct nic *nics, int n)
{
	for (int i = 0; i < n; i++)
		if (nics[i].hardware)
			return true;
	return false;
}

void lan_scan(struct lan *l, uint64_t now)
{
	const struct bootargs *a = &l->b->args;
	struct nic nics[NIC_MAX];
	int n = nic_list(nics), i;
	uint32_t used = 0, carriers = 0;

	for (i = 0; i < n; i++)
		rename_link(a, &nics[i]);
	for (unsigned int k = 0; k < a->n_bonds; k++)
		make_bond(l, k, nics, n);
	for (unsigned int k = 0; k < a->n_vlans; k++)
		make_vlan(l, k, nics, n);
	for (i = 0; i < n; i++) {
		struct lan_link *k = known(l, nics[i].index);

		/* bridges and the like are for namespaces without cards */
		if (!k && l->n < NIC_MAX &&
		    (nics[i].hardware || is_named(a, nics[i].name) ||
		     !any_hardware(nics, n)))
			add(l, &nics[i], now);
		k = known(l, nics[i].index);
		if (!k)
			continue;
		memcpy(k->nic.name, nics[i].name, sizeof(k->nic.name));
		carrier(l, k, nics[i].carrier, now);
		used += k->use;
		carriers += k->use && k->carrier_ms;
	}
	l->status->nics = used;
	l->status->carriers = carriers;
}

// SPDX-License-Identifier: MIT
/*
 * handover_render.c - who keeps the network in the new root, and the files
 * that this one reads: below /run where it reads there, else in the writable
 * layer.
 */
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"
#include "handover.h"

#define NM_RUN	 "/run/NetworkManager"
#define NM_STATE "var/lib/NetworkManager"

static const struct {
	const char *name, *program, *unit;
} kinds[NETCONF_KINDS] = {
	[NETCONF_NETWORKD] = {"systemd-networkd",
			      "usr/lib/systemd/systemd-networkd",
			      "systemd-networkd.service"},
	[NETCONF_NM] = {"NetworkManager", "usr/sbin/NetworkManager",
			"NetworkManager.service"},
	[NETCONF_IFUPDOWN] = {"ifupdown", "sbin/ifup", "networking.service"},
	[NETCONF_NETPLAN] = {"netplan", "usr/sbin/netplan", NULL},
};

const char *handover_kind_name(enum netconf_kind kind)
{
	return kinds[kind].name;
}

enum netconf_kind handover_renderer(int root, unsigned int *others)
{
	static const enum netconf_kind idle[] = {NETCONF_NM, NETCONF_IFUPDOWN,
						 NETCONF_NETWORKD};
	bool on[NETCONF_KINDS] = {false}, has[NETCONF_KINDS] = {false};

	*others = 0;
	for (unsigned int i = 0; i < NETCONF_KINDS; i++) {
		has[i] = handover_root_has(root, kinds[i].program);
		/* netplan has no service: it starts the one it writes for */
		on[i] = has[i] && (!kinds[i].unit ||
				   handover_root_enabled(root, kinds[i].unit));
		if (on[i])
			*others |= 1u << i;
	}
	if (on[NETCONF_NM] && !(on[NETCONF_NETPLAN] && on[NETCONF_NETWORKD]))
		return NETCONF_NM;
	if (on[NETCONF_NETPLAN] && has[NETCONF_NETWORKD])
		return NETCONF_NETPLAN;
	if (on[NETCONF_NETWORKD])
		return NETCONF_NETWORKD;
	if (on[NETCONF_IFUPDOWN])
		return NETCONF_IFUPDOWN;
	/* what is there and not enabled may be started by other means */
	for (size_t i = 0; i < ARRAY_SIZE(idle); i++)
		if (has[idle[i]])
			return idle[i];
	return NETCONF_KINDS;
}

typedef void (*put_fn)(const struct netconf *c, struct text_out *o);

static int render(char text[NETCONF_TEXT_MAX], const struct netconf *c,
		  put_fn put)
{
	struct text_out o = {.buf = text, .size = NETCONF_TEXT_MAX};

	put(c, &o);
	return text_put_end(&o);
}

/* @path of our own /run, which the new root gets; its folder is there. */
static int put_run(const char *path, unsigned int mode, const struct netconf *c,
		   put_fn put)
{
	char text[NETCONF_TEXT_MAX];
	int n = render(text, c, put);

	return n < 0 ? n : file_write(path, text, n, mode);
}

static int put_new(int root, const char *dir, const char *name,
		   const struct netconf *c, put_fn put)
{
	char text[NETCONF_TEXT_MAX];
	int n = render(text, c, put);

	/* nothing to say is no file */
	if (n <= 0)
		return n;
	return handover_root_put(root, dir, name, (struct span){text, n}, 0644);
}

static int networkd(const struct netconf *c, char path[HANDOVER_PATH_MAX])
{
	mkdir("/run/systemd", 0755);
	mkdir("/run/systemd/network", 0755);
	/* before any file that matches all NICs, since the first one counts */
	snprintf(path, HANDOVER_PATH_MAX,
		 "/run/systemd/network/00-slipway-%s.network", c->ifname);
	return put_run(path, 0644, c, netconf_put_networkd);
}

static int netplan(const struct netconf *c, char path[HANDOVER_PATH_MAX])
{
	int ret;

	mkdir("/run/netplan", 0755);
	strlcpy(path, "/run/netplan/00-slipway.yaml", HANDOVER_PATH_MAX);
	ret = put_run(path, 0600, c, netconf_put_netplan);
	if (ret)
		return ret;
	mkdir("/run/systemd", 0755);
	mkdir("/run/systemd/network", 0755);
	mkdir("/run/systemd/network/" NETCONF_NETPLAN_MORE, 0755);
	strlcpy(path,
		"/run/systemd/network/" NETCONF_NETPLAN_MORE "/slipway.conf",
		HANDOVER_PATH_MAX);
	return put_run(path, 0644, c, netconf_put_netplan_more);
}

static int index_of(const char *ifname)
{
	struct ifreq r = {0};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret;

	if (s < 0)
		return -errno;
	strlcpy(r.ifr_name, ifname, sizeof(r.ifr_name));
	ret = ioctl(s, SIOCGIFINDEX, &r) ? -errno : r.ifr_ifindex;
	close(s);
	return ret;
}

static int nm(int root, const struct netconf *c, char path[HANDOVER_PATH_MAX])
{
	char uuid[NETCONF_UUID_SIZE], name[HANDOVER_NAME_MAX];
	int index = index_of(c->ifname), ret;

	mkdir(NM_RUN, 0755);
	mkdir(NM_RUN "/system-connections", 0755);
	mkdir(NM_RUN "/devices", 0755);
	/* it reads no connection that others could */
	strlcpy(path, NM_RUN "/system-connections/slipway.nmconnection",
		HANDOVER_PATH_MAX);
	ret = put_run(path, 0600, c, netconf_put_nm);
	if (ret)
		return ret;
	snprintf(path, HANDOVER_PATH_MAX, NM_RUN "/devices/%d", index);
	ret = index < 0 ? index : put_run(path, 0644, c, netconf_put_nm_state);
	if (ret)
		return ret;
	netconf_uuid(c, uuid);
	snprintf(name, sizeof(name), "internal-%s-%s.lease", uuid, c->ifname);
	snprintf(path, HANDOVER_PATH_MAX, NM_STATE "/%s", name);
	return put_new(root, NM_STATE, name, c, netconf_put_nm_lease);
}

static void put_dhclient_stanza(const struct netconf *c, struct text_out *o)
{
	netconf_put_ifupdown(c, true, o);
}

static void put_dhcpcd_stanza(const struct netconf *c, struct text_out *o)
{
	netconf_put_ifupdown(c, false, o);
}

/* A file that is there, with @more behind it. */
static int append(int root, const char *dir, const char *name, const char *have,
		  int n, struct span more)
{
	static char text[HANDOVER_FILE_MAX];
	struct text_out o = {.buf = text, .size = sizeof(text)};

	text_put(&o, (struct span){have, n});
	if (n && have[n - 1] != '\n')
		text_put_str(&o, "\n");
	text_put(&o, more);
	n = text_put_end(&o);
	if (n < 0)
		return n;
	return handover_root_put(root, dir, name, (struct span){text, n}, 0644);
}

static char file[HANDOVER_FILE_MAX];

static int interfaces(int root, const struct netconf *c, bool dhclient,
		      char path[HANDOVER_PATH_MAX])
{
	put_fn put = dhclient ? put_dhclient_stanza : put_dhcpcd_stanza;
	char text[NETCONF_TEXT_MAX];
	int have = handover_root_read(root, "etc/network/interfaces", file,
				      sizeof(file));
	int n = render(text, c, put);

	if (n < 0)
		return n;
	if (have > 0 && netconf_sources((struct span){file, have})) {
		strlcpy(path, "etc/network/interfaces.d/slipway",
			HANDOVER_PATH_MAX);
		return handover_root_put(root, "etc/network/interfaces.d",
					 "slipway", (struct span){text, n},
					 0644);
	}
	strlcpy(path, "etc/network/interfaces", HANDOVER_PATH_MAX);
	return append(root, "etc/network", "interfaces", file,
		      have < 0 ? 0 : have, (struct span){text, n});
}

/* The identifier that udhcpc sent, or a server may take it for another. */
static int dhclient_conf(int root, char path[HANDOVER_PATH_MAX])
{
	static const char send[] =
		"# written by slipway: the identifier of this boot's lease\n"
		"send dhcp-client-identifier = hardware;\n";
	int have = handover_root_read(root, "etc/dhcp/dhclient.conf", file,
				      sizeof(file));

	if (have > 0 && netconf_identifies((struct span){file, have}))
		return 0;
	strlcpy(path, "etc/dhcp/dhclient.conf", HANDOVER_PATH_MAX);
	return append(root, "etc/dhcp", "dhclient.conf", file,
		      have < 0 ? 0 : have, text_span(send));
}

static int ifupdown(int root, const struct netconf *c,
		    char path[HANDOVER_PATH_MAX])
{
	bool dhclient = handover_root_has(root, "sbin/dhclient");
	char name[HANDOVER_NAME_MAX];
	int ret = interfaces(root, c, dhclient, path);

	if (ret || !dhclient || !c->v4.there || !c->v4.dynamic)
		return ret;
	ret = dhclient_conf(root, path);
	if (ret)
		return ret;
	snprintf(name, sizeof(name), "dhclient.%s.leases", c->ifname);
	snprintf(path, HANDOVER_PATH_MAX, "var/lib/dhcp/%s", name);
	return put_new(root, "var/lib/dhcp", name, c, netconf_put_dhclient);
}

int handover_render(int root, enum netconf_kind kind, const struct netconf *c,
		    char path[HANDOVER_PATH_MAX])
{
	switch (kind) {
	case NETCONF_NETWORKD:
		return networkd(c, path);
	case NETCONF_NETPLAN:
		return netplan(c, path);
	case NETCONF_NM:
		return nm(root, c, path);
	default:
		return ifupdown(root, c, path);
	}
}

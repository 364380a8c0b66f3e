// SPDX-License-Identifier: MIT
/*
 * handover.c - what the booted system needs to go on where /init stops: the
 * address stays on the link, and whoever keeps the network there is told that
 * it is right and how to renew it, so that there is no second address and no
 * flap.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "console.h"
#include "lan.h"
#include "file.h"
#include "fetch/clock.h"
#include "format/ip6.h"
#include "handover.h"
#include "medium.h"
#include "sys.h"

#define RESOLV BOOT_FACTS "/resolv.conf"

static void set_v4(const struct lease *l, struct netconf_family *f)
{
	f->there = l->addr;
	f->dynamic = l->from != LEASE_STATIC;
	f->prefix = l->prefix;
	lease_ipv4_print(f->addr, l->addr);
	if (l->router)
		lease_ipv4_print(f->router, l->router);
}

static void set_v6(const struct lease6 *l, struct netconf_family *f)
{
	f->there = l->from != LEASE_NONE;
	f->dynamic = l->from != LEASE_STATIC;
	f->prefix = l->prefix;
	ip6_print(f->addr, l->addr);
	if (!ip6_none(l->router))
		ip6_print(f->router, l->router);
	if (l->from == LEASE_DHCP)
		f->iaid = l->iaid;
}

static void set_dns(const struct lease *l, struct netconf *c)
{
	unsigned int i;

	for (i = 0; i < l->n_dns && i < LEASE_DNS_MAX; i++)
		lease_ipv4_print(c->dns[c->n_dns++], l->dns[i]);
	for (i = 0; i < l->six.n_dns && i < LEASE_DNS_MAX; i++)
		ip6_print(c->dns[c->n_dns++], l->six.dns[i]);
}

/* What is left of a lease that was given @l->seconds from @l->since on. */
static uint32_t left(const struct lease *l)
{
	uint64_t gone = clock_ms() / 1000 - l->since;

	if (!l->seconds || !l->since)
		return l->seconds;
	return gone < l->seconds ? l->seconds - gone : 1;
}

/* The kernel's word on where the MAC comes from (linux/netdevice.h). */
static void set_kind(struct netconf *c)
{
	enum { BURNT, STOLEN = 2 };
	char path[64], buf[8];
	uint64_t type = STOLEN + 1;
	int n;

	snprintf(path, sizeof(path), "/sys/class/net/%s/addr_assign_type",
		 c->ifname);
	n = file_read_line(path, buf, sizeof(buf));
	if (n > 0)
		text_u64((struct span){buf, n}, &type);
	snprintf(path, sizeof(path), "/sys/class/net/%s/bonding", c->ifname);
	c->burnt = type == BURNT;
	c->by_name = type == STOLEN || !access(path, F_OK);
}

/* What the boot has come to know, as texts. */
static void set_conf(const struct boot *b, struct netconf *c)
{
	const struct lease *l = &b->lease;

	memset(c, 0, sizeof(*c));
	strlcpy(c->ifname, l->ifname, sizeof(c->ifname));
	strlcpy(c->mac, b->machine.mac, sizeof(c->mac));
	set_kind(c);
	if (l->addr)
		set_v4(l, &c->v4);
	set_v6(&l->six, &c->v6);
	set_dns(l, c);
	strlcpy(c->domain, l->domain, sizeof(c->domain));
	strlcpy(c->hostname, l->hostname, sizeof(c->hostname));
	c->mtu = l->mtu;
	c->seconds = left(l);
	if (l->server)
		lease_ipv4_print(c->server, l->server);
	c->now = time(NULL);
}

static int write_resolv(struct boot *b, const struct netconf *c)
{
	char buf[NETCONF_TEXT_MAX];
	struct text_out o = {.buf = buf, .size = sizeof(buf)};
	int n;

	netconf_put_resolv(c, &o);
	n = text_put_end(&o);
	if (n >= 0)
		n = file_write(RESOLV, buf, n, 0644);
	if (n < 0)
		return fetch_fail(&b->error, CODE_SYS, RESOLV ": %s",
				  strerror(-n));
	return 0;
}

/* Does the new root lack a resolver file that will ever work? */
static bool lacks_resolv(int root, int etc)
{
	bool dangling = !handover_root_has(root, "etc/resolv.conf");
	struct stat st;

	if (fstatat(etc, "resolv.conf", &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT;
	if (S_ISREG(st.st_mode))
		return !st.st_size;
	/* its target appears when systemd-resolved starts */
	return S_ISLNK(st.st_mode) && dangling &&
	       !handover_root_has(root, "usr/lib/systemd/systemd-resolved");
}

static void give_resolv(int root)
{
	char buf[NETCONF_TEXT_MAX];
	int etc, fd, n = file_read(RESOLV, buf, sizeof(buf));

	if (n <= 0)
		return;
	etc = sys_openat2_in_root(root, "etc",
				  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (etc < 0)
		return;
	if (lacks_resolv(root, etc)) {
		unlinkat(etc, "resolv.conf", 0);
		fd = openat(etc, "resolv.conf",
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
				    O_CLOEXEC,
			    0644);
		if (fd >= 0) {
			file_put(fd, buf, n);
			close(fd);
		}
	}
	close(etc);
}

/* Whoever keeps the network in the new root is told, or the operator is. */
static int tell(struct boot *b, int root, const struct netconf *c)
{
	unsigned int kinds;
	enum netconf_kind kind = handover_renderer(root, &kinds);
	char path[HANDOVER_PATH_MAX] = "";
	int ret;

	if (kind == NETCONF_KINDS) {
		console_say("network: stays on %s; no service of the base that "
			    "would keep it",
			    c->ifname);
		return 0;
	}
	if (handover_owner(root, kinds | 1u << kind, c, path)) {
		console_say("network: %s is left to /%s, which names it",
			    c->ifname, path);
		return 0;
	}
	if (kind == NETCONF_NM && c->by_name) {
		/* it would want the parts too; what is there it leaves alone */
		console_say("network: %s stays as it is; NetworkManager is not "
			    "told of VLANs and bonds",
			    c->ifname);
		return 0;
	}
	ret = handover_render(root, kind, c, path);
	if (ret)
		return fetch_fail(&b->error, CODE_SYS, "%s: %s", path,
				  strerror(-ret));
	console_say("network handed over to %s on %s", handover_kind_name(kind),
		    c->ifname);
	return 0;
}

static int hand_network(struct boot *b, int root)
{
	static struct netconf c;
	int ret;

	set_conf(b, &c);
	ret = write_resolv(b, &c);
	if (ret)
		return ret;
	give_resolv(root);
	return tell(b, root, &c);
}

static void write_cmdline(const struct boot *b)
{
	char line[sizeof(b->cmdline) + 1];
	size_t n = strlen(b->cmdline);
	int ret;

	memcpy(line, b->cmdline, n);
	line[n] = '\n';
	ret = file_write(BOOT_FACTS "/cmdline", line, n + 1, 0644);
	if (ret)
		console_say("command line: not kept: %s", strerror(-ret));
}

int handover_write(struct boot *b)
{
	int root, ret = 0;

	medium_leave(b);
	/* nothing is released: the address stays ours */
	lan_stop(b);
	write_cmdline(b);
	root = open(BOOT_NEW, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return fetch_fail(&b->error, CODE_SYS, "new root: %s",
				  strerror(errno));
	handover_identity(b, root);
	if (b->has_lease)
		ret = hand_network(b, root);
	close(root);
	return ret;
}

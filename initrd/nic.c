// SPDX-License-Identifier: MIT
/*
 * nic.c - network interfaces. Names come from /proc/net/dev, which shows this
 * network namespace whoever mounted /sys.
 */
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "file.h"
#include "format/text.h"
#include "nic.h"

#define DEV_LIST_MAX (64 << 10)

static int request(const char *name, unsigned long what, struct ifreq *r)
{
	int s, ret;

	if (strlen(name) >= sizeof(r->ifr_name))
		return -EINVAL;
	strlcpy(r->ifr_name, name, sizeof(r->ifr_name));
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s < 0)
		return -errno;
	ret = ioctl(s, what, r) ? -errno : 0;
	close(s);
	return ret;
}

int nic_up(const char *name)
{
	struct ifreq r = {0};
	int ret = request(name, SIOCGIFFLAGS, &r);

	if (ret || (r.ifr_flags & IFF_UP))
		return ret;
	r.ifr_flags |= IFF_UP;
	return request(name, SIOCSIFFLAGS, &r);
}

static bool probe(struct nic *n, struct span name)
{
	struct ifreq r = {0}, flags = {0}, index = {0};
	char path[64];

	memset(n, 0, sizeof(*n));
	if (text_copy(n->name, sizeof(n->name), name) ||
	    !strcmp(n->name, "lo") || strchr(n->name, '/') ||
	    request(n->name, SIOCGIFHWADDR, &r) ||
	    request(n->name, SIOCGIFFLAGS, &flags) ||
	    request(n->name, SIOCGIFINDEX, &index) ||
	    r.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return false;
	memcpy(n->mac, r.ifr_hwaddr.sa_data, sizeof(n->mac));
	snprintf(path, sizeof(path), "/sys/class/net/%s/device", n->name);
	n->hardware = !access(path, F_OK);
	n->index = index.ifr_ifindex;
	n->up = flags.ifr_flags & IFF_UP;
	n->carrier = flags.ifr_flags & IFF_RUNNING;
	return true;
}

int nic_find(struct nic *n, const char *name)
{
	return probe(n, text_span(name)) ? 0 : -ENODEV;
}

int nic_list(struct nic nics[NIC_MAX])
{
	static char text[DEV_LIST_MAX];
	struct span rest = {text, 0}, line, name, tail;
	int n = file_read("/proc/net/dev", text, sizeof(text));
	bool whole;
	int found = 0;

	if (n < 0)
		return n;
	rest.n = n;
	while (found < NIC_MAX && text_line(&rest, &line, &whole)) {
		text_cut(line, ':', &name, &tail);
		while (name.n && *name.p == ' ') {
			name.p++;
			name.n--;
		}
		/* the two lines of headings have no colon */
		if (tail.p && name.n && probe(&nics[found], name))
			found++;
	}
	return found;
}

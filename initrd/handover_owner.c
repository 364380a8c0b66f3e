// SPDX-License-Identifier: MIT
/*
 * handover_owner.c - has the operator written a configuration for this very
 * NIC? Then it stands. The operator may know the NIC by the name that udev
 * gives it, which is not there yet.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "file.h"
#include "handover.h"

#define FILES_MAX 512 /* of a folder */
#define SLOTS_MAX 64

static const struct {
	enum netconf_kind kind;
	const char *dir, *suffix;
} places[] = {
	{NETCONF_NETWORKD, "etc/systemd/network", ".network"},
	{NETCONF_NETWORKD, "usr/local/lib/systemd/network", ".network"},
	{NETCONF_NETWORKD, "usr/lib/systemd/network", ".network"},
	{NETCONF_NM, "etc/NetworkManager/system-connections", ""},
	{NETCONF_NM, "usr/lib/NetworkManager/system-connections", ""},
	{NETCONF_IFUPDOWN, "etc/network", "interfaces"},
	{NETCONF_IFUPDOWN, "etc/network/interfaces.d", ""},
	{NETCONF_NETPLAN, "etc/netplan", ".yaml"},
	{NETCONF_NETPLAN, "usr/lib/netplan", ".yaml"},
};

static char text[HANDOVER_FILE_MAX];

static void add(char ids[HANDOVER_IDS_MAX][20], unsigned int *n, const char *id)
{
	if (*id && *n < HANDOVER_IDS_MAX)
		strlcpy(ids[(*n)++], id, 20);
}

/* "eno" and "ens" carry a number that the firmware gave. */
static void add_number(char ids[HANDOVER_IDS_MAX][20], unsigned int *n,
		       const char *ifname, const char *file, const char *kind)
{
	char path[96], buf[8], id[20];
	int len;

	snprintf(path, sizeof(path), "/sys/class/net/%s/device/%s", ifname,
		 file);
	len = file_read_line(path, buf, sizeof(buf));
	if (len < 1 || len > 5 || (len == 1 && buf[0] == '0'))
		return;
	snprintf(id, sizeof(id), "%s%s", kind, buf);
	add(ids, n, id);
}

/* "ens" is the number of the slot that firmware says the card is in. */
static void add_slot(char ids[HANDOVER_IDS_MAX][20], unsigned int *n,
		     struct span pci)
{
	char slot[HANDOVER_NAME_MAX], path[HANDOVER_PATH_MAX], buf[20];
	char id[20];
	int top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (unsigned int i = 0; top >= 0 && i < SLOTS_MAX; i++) {
		if (handover_root_list(top, "sys/bus/pci/slots", "", i, slot))
			break;
		snprintf(path, sizeof(path), "/sys/bus/pci/slots/%s/address",
			 slot);
		/* dddd:bb:ss, of all its functions */
		if (file_read_line(path, buf, sizeof(buf)) != 10 ||
		    memcmp(buf, pci.p, 10) || strlen(slot) > 8)
			continue;
		snprintf(id, sizeof(id), "ens%.8s", slot);
		add(ids, n, id);
		break;
	}
	if (top >= 0)
		close(top);
}

static unsigned int read_port(const char *ifname)
{
	char path[64], buf[8];
	uint64_t port;
	int len;

	snprintf(path, sizeof(path), "/sys/class/net/%s/dev_port", ifname);
	len = file_read_line(path, buf, sizeof(buf));
	if (len < 0 || text_u64((struct span){buf, len}, &port))
		return 0;
	return port;
}

/* The last PCI address of the device's path in /sys: bridges stand before. */
static void add_path(char ids[HANDOVER_IDS_MAX][20], unsigned int *n,
		     const char *ifname)
{
	char path[64], to[512], id[20];
	struct span rest, part, pci = {NULL, 0};
	unsigned int port = read_port(ifname);
	int len;

	snprintf(path, sizeof(path), "/sys/class/net/%s", ifname);
	len = readlink(path, to, sizeof(to));
	if (len <= 0)
		return;
	rest = (struct span){to, len};
	while (rest.p) {
		text_cut(rest, '/', &part, &rest);
		if (!netconf_pci_name(part, false, port, id))
			pci = part;
	}
	if (!pci.p)
		return;
	/* function 0 of several has its number in the name, alone it has not */
	for (int multi = 0; multi < 2; multi++)
		if (!netconf_pci_name(pci, multi, port, id))
			add(ids, n, id);
	add_slot(ids, n, pci);
}

/*
 * What an operator may call the NIC: its name here, its MAC, and the names
 * that udev may give it once the system runs. Their number.
 */
static unsigned int ids_of(const struct netconf *c,
			   char ids[HANDOVER_IDS_MAX][20])
{
	char enx[20] = "enx";
	unsigned int n = 0, at = 3;

	add(ids, &n, c->ifname);
	if (c->by_name)
		return n;
	add(ids, &n, c->mac);
	for (const char *m = c->mac; *m; m++)
		if (*m != ':')
			enx[at++] = *m;
	add(ids, &n, enx);
	add_number(ids, &n, c->ifname, "acpi_index", "eno");
	add_number(ids, &n, c->ifname, "index", "eno");
	add_path(ids, &n, c->ifname);
	return n;
}

static bool names(int root, enum netconf_kind kind, const char *path,
		  const char (*ids)[20], unsigned int n)
{
	int len = handover_root_read(root, path, text, sizeof(text));

	return len > 0 && netconf_names(kind, (struct span){text, len}, ids, n);
}

bool handover_owner(int root, unsigned int kinds, const struct netconf *c,
		    char path[HANDOVER_PATH_MAX])
{
	char ids[HANDOVER_IDS_MAX][20], name[HANDOVER_NAME_MAX];
	unsigned int n = ids_of(c, ids);

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (!(kinds & 1u << places[i].kind))
			continue;
		for (unsigned int k = 0; k < FILES_MAX; k++) {
			if (handover_root_list(root, places[i].dir,
					       places[i].suffix, k, name))
				break;
			snprintf(path, HANDOVER_PATH_MAX, "%s/%s",
				 places[i].dir, name);
			if (names(root, places[i].kind, path,
				  (const char(*)[20])ids, n))
				return true;
		}
	}
	return false;
}

/* SPDX-License-Identifier: MIT */
/*
 * netconf.h - this boot's network as the system that goes on with it wants it
 * written: texts for systemd-networkd (systemd.network(5)), NetworkManager
 * (nm-settings-keyfile(5)), ifupdown (interfaces(5)) and netplan (netplan(5)),
 * and the identity that follows from the machine.
 *
 * All of them say the same: this NIC by its MAC, since udev may rename it; a
 * dynamic address is asked for again with the client identifier that /init
 * used (option 61 of RFC 2132: 1 and the MAC), so that the server gives the
 * same one and it stays renewed; what is on the link stays there meanwhile.
 *
 * Every netconf_put_* writes to @o; text_put_end() says whether it fitted.
 */
#ifndef FORMAT_NETCONF_H
#define FORMAT_NETCONF_H

#include "format/text.h"

#define NETCONF_DNS_MAX	     8
#define NETCONF_TEXT_MAX     4096 /* of any text written here */
#define NETCONF_NETPLAN_MORE "10-netplan-00-slipway.network.d"
#define NETCONF_ID_SIZE	     33 /* 32 hex digits and the NUL */
#define NETCONF_UUID_SIZE    37

/* One address family; texts are numeric and were checked when they came. */
struct netconf_family {
	bool there;
	bool dynamic; /* DHCP or router advertisements gave it */
	char addr[46];
	unsigned int prefix;
	char router[46]; /* "" for none */
	uint32_t iaid;	 /* IPv6: of DHCPv6, with a DUID-LL; 0: other ways */
};

struct netconf {
	char ifname[16];
	char mac[18]; /* aa:bb:cc:dd:ee:ff */
	bool by_name; /* a VLAN, a bond: it shares its MAC */
	bool burnt;   /* the MAC is the card's own */
	struct netconf_family v4, v6;
	unsigned int n_dns;
	char dns[NETCONF_DNS_MAX][46];
	char domain[254], hostname[64];
	unsigned int mtu; /* 0: leave */
	uint32_t seconds; /* of the IPv4 lease from now; 0: for ever */
	char server[46];  /* that gave it, "" unknown */
	uint64_t now;	  /* seconds since 1970 */
};

/* netconf_put_resolv - resolv.conf(5). */
void netconf_put_resolv(const struct netconf *c, struct text_out *o);

/* netconf_put_networkd - a .network file. */
void netconf_put_networkd(const struct netconf *c, struct text_out *o);

/*
 * netconf_put_netplan - YAML, rendered by networkd, and
 * netconf_put_netplan_more what that cannot say: a drop-in of the .network
 * file that netplan makes of it, NETCONF_NETPLAN_MORE.
 */
void netconf_put_netplan(const struct netconf *c, struct text_out *o);
void netconf_put_netplan_more(const struct netconf *c, struct text_out *o);

/*
 * netconf_put_nm - a keyfile connection; netconf_put_nm_state what makes
 * NetworkManager take over the link as it is (its devices/IFINDEX file);
 * netconf_put_nm_lease its client's record of the address to ask for.
 */
void netconf_put_nm(const struct netconf *c, struct text_out *o);
void netconf_put_nm_state(const struct netconf *c, struct text_out *o);
void netconf_put_nm_lease(const struct netconf *c, struct text_out *o);

/*
 * netconf_put_ifupdown - the stanzas of this NIC, for bases whose DHCP client
 * is dhclient or, if not @dhclient, dhcpcd;
 * netconf_put_dhclient - a lease of dhclient.leases(5), which makes dhclient
 * ask for the address at once instead of looking for servers.
 */
void netconf_put_ifupdown(const struct netconf *c, bool dhclient,
			  struct text_out *o);
void netconf_put_dhclient(const struct netconf *c, struct text_out *o);

/*
 * netconf_sources - does an interfaces(5) file take in those of interfaces.d?
 * netconf_identifies - does a dhclient.conf(5) say what identifier to send?
 */
bool netconf_sources(struct span interfaces);
bool netconf_identifies(struct span dhclient_conf);

/*
 * netconf_uuid - the connection's UUID, the same in every boot of this NIC:
 * netconf_id() of "slipway connection mac=MAC", with dashes.
 */
void netconf_uuid(const struct netconf *c, char out[NETCONF_UUID_SIZE]);

/*
 * netconf_id - the first 16 bytes of SHA-256 over @text as 32 hex digits, with
 * the version (4) and the variant of a random UUID (RFC 9562, 5.4) in place.
 */
void netconf_id(struct span text, char out[NETCONF_ID_SIZE]);

/*
 * netconf_machine_id - machine-id(5) of a machine with DMI's @uuid (lower
 * case) and @mac, either of which may be "": netconf_id() of "slipway
 * machine-id uuid=UUID", or of "slipway machine-id mac=MAC" where the UUID is
 * none: not 36 characters of the form, or one that vendors leave in thousands
 * of boards.
 *
 * Returns 0, or -ENOENT (@out untouched) when there is neither.
 */
int netconf_machine_id(const char *uuid, const char *mac,
		       char out[NETCONF_ID_SIZE]);

/* Whose file it is that netconf_names() reads. */
enum netconf_kind {
	NETCONF_NETWORKD,
	NETCONF_NM,
	NETCONF_IFUPDOWN,
	NETCONF_NETPLAN,
	NETCONF_KINDS
};

/*
 * netconf_names - does a configuration file name a NIC? @ids are its names and
 * its MAC. Patterns (en*) are no names: they were written for whatever comes.
 */
bool netconf_names(enum netconf_kind kind, struct span text,
		   const char (*ids)[20], unsigned int n);

/*
 * netconf_pci_name - the name that udev gives a PCI NIC by its path
 * (systemd.net-naming-scheme(7)): "0000:02:00.1" is enp2s0f1.
 *
 * @multi: the device has several functions; @port: its dev_port, 0 for none.
 * Returns 0, or -EBADMSG: not a PCI address.
 */
int netconf_pci_name(struct span slot, bool multi, unsigned int port,
		     char out[20]);

#endif

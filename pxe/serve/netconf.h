/* SPDX-License-Identifier: MIT */
/*
 * netconf.h - what the servers of a site are told, before it is written in
 * the words of any of them.
 */
#ifndef SERVE_NETCONF_H
#define SERVE_NETCONF_H

#include <stdbool.h>
#include <stddef.h>

#include "format/url.h"

/* iPXE as the firmware loads it; names in the TFTP folder. */
#define NETCONF_BIOS  "undionly.kpxe"
#define NETCONF_EFI   "ipxe.efi"
#define NETCONF_ARM64 "ipxe-arm64.efi"
#define NETCONF_ENTRY "entry.ipxe" /* and what iPXE loads then */

enum netconf_dhcp {
	NETCONF_TFTP,  /* another server has DHCP and names our files */
	NETCONF_RANGE, /* ours hands out addresses */
	NETCONF_PROXY, /* another hands them out, ours adds the files */
};

struct netconf {
	enum netconf_dhcp dhcp;
	char *range;		 /* of dhcp-range=, as dnsmasq has it */
	const char *interface;	 /* or NULL: all */
	const char *site;	 /* its name, for comments */
	const char *dir;	 /* absolute; tftp/ is below it */
	const char *tree;	 /* absolute; the publish tree */
	const char *efi;	 /* the loader for x86-64 UEFI */
	const char *listen;	 /* of nginx: [ADDR:]PORT, NULL: by the URL */
	char **urls;		 /* servers, in order, no slash at the end */
	struct url first;	 /* the first of them */
};

/*
 * netconf_range - FROM,TO[,LEASE]; netconf_proxy - ADDR[/PREFIX]. They set
 * dhcp and range, and return NULL, or what is wrong with @text.
 */
const char *netconf_range(struct netconf *c, const char *text);
const char *netconf_proxy(struct netconf *c, const char *text);

/*
 * netconf_urls - take the URLs in @text that need nothing filled in; dies,
 * naming @from, without one or on a bad one.
 */
void netconf_urls(struct netconf *c, const char *text, const char *from);

/*
 * netconf_plain - can @text stand in every one of the files as it is? Letters,
 * digits and "/._+~@:%=-[]" can.
 */
bool netconf_plain(const char *text);

/*
 * netconf_address - the first IPv4 address of @interface, malloc-ed, or NULL.
 */
char *netconf_address(const char *interface);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * dnsmasq.h - DHCP or proxy-DHCP, and TFTP, for every firmware: RFC 4578's
 * client architecture says which loader, and iPXE itself, known by its user
 * class or its option 175, gets the script, so that it does not load iPXE
 * again for ever.
 */
#ifndef SERVE_DNSMASQ_H
#define SERVE_DNSMASQ_H

#include <stdio.h>

#include "host/spawn.h"
#include "netconf.h"

/* dnsmasq_print - its configuration. */
void dnsmasq_print(FILE *f, const struct netconf *c);

/*
 * dnsmasq_start - run it in the foreground with the file @conf, leases in
 * @leases; it says what it does on standard error unless @quiet. Dies when it
 * is not there. The caller waits for @s.
 */
void dnsmasq_start(struct spawn *s, const char *conf, const char *leases,
		   bool quiet);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * dhcp.h - leases by BusyBox's udhcpc, which renews them while the boot goes
 * on and whose handler is /init itself under another name.
 */
#ifndef DHCP_H
#define DHCP_H

#include "boot.h"

#define DHCP_HANDLER "/slipway/dhcp" /* a symlink to /init */
#define DHCP_LEASE   BOOT_FACTS "/lease"

/* dhcp_get - fill b->lease, leave the client running in b->dhcp. */
int dhcp_get(struct boot *b);

/* dhcp_stop - end the client without giving the lease back. */
void dhcp_stop(struct boot *b);

/* dhcp_main - the handler: called as DHCP_HANDLER by udhcpc. */
int dhcp_main(const char *event);

#endif

/* SPDX-License-Identifier: MIT */
/* config.h - the files that servers need, in one folder. */
#ifndef SERVE_CONFIG_H
#define SERVE_CONFIG_H

#include "host/ipxe.h"
#include "netconf.h"

struct config {
	struct netconf net;
	struct ipxe_conf ipxe;
	const char *loaders; /* folder that iPXE's files come from */
	bool own_url;	     /* machines are to ask net.urls and no other */
	bool list;	     /* name each file on standard output */
};

/*
 * config_files - the TFTP folder and dnsmasq.conf in net.dir, which is made.
 * A loader that is missing is said, not fatal, as long as there is one.
 */
void config_files(const struct config *c);

/* config_nginx - nginx.conf and nginx-cache.conf beside them. */
void config_nginx(const struct config *c, const char *cache);

#endif

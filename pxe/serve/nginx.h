/* SPDX-License-Identifier: MIT */
/*
 * nginx.h - server blocks for nginx: the publish tree as it is, and a mirror
 * that fetches from there and keeps what it fetched.
 */
#ifndef SERVE_NGINX_H
#define SERVE_NGINX_H

#include <stdio.h>

#include "netconf.h"

void nginx_print_origin(FILE *f, const struct netconf *c);

/* nginx_print_cache - in front of the first URL; keeps up to 32 GB in
 * @cache. */
void nginx_print_cache(FILE *f, const struct netconf *c, const char *cache);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * https.h - whether this /init can do https. https.c is in init-tls,
 * nohttps.c in init.
 */
#ifndef HTTPS_H
#define HTTPS_H

#include "boot.h"

/*
 * https_setup - what certificates of servers are held against, static; NULL
 * when there is no TLS in this program or no anchor in this initrd. A clock
 * that is not believed is told of: dates do not count then.
 */
const struct fetch_tls *https_setup(const struct boot *b);

#endif

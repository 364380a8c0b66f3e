/* SPDX-License-Identifier: MIT */
/* address.h - an IPv4 configuration into the kernel. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include "format/lease.h"

/*
 * address_apply - address, mask, MTU and default route of @l.
 *
 * An address that is there already is left alone: setting it again would
 * drop routes under running connections. Returns 0 or -errno.
 */
int address_apply(const struct lease *l);

#endif

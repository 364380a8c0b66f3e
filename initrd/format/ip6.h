/* SPDX-License-Identifier: MIT */
/* ip6.h - IPv6 addresses as text (RFC 4291 2.2, printed as RFC 5952 says). */
#ifndef FORMAT_IP6_H
#define FORMAT_IP6_H

#include "format/env.h"

#define IP6_SIZE     16
#define IP6_TEXT_MAX 40 /* with the NUL */

/*
 * ip6_parse - groups around at most one "::"; no zone, no dotted quad.
 *
 * Returns 0, or -EBADMSG and @addr is as it was.
 */
int ip6_parse(struct span s, uint8_t addr[IP6_SIZE]);

/* ip6_print - the one spelling of @addr, NUL terminated. */
void ip6_print(char out[IP6_TEXT_MAX], const uint8_t addr[IP6_SIZE]);

/* ip6_none - is it "::"? */
bool ip6_none(const uint8_t addr[IP6_SIZE]);

/* ip6_host - could it be somebody's: not ::, ::1, multicast, IPv4-mapped? */
bool ip6_host(const uint8_t addr[IP6_SIZE]);

/* ip6_link_local - is it in fe80::/10? */
bool ip6_link_local(const uint8_t addr[IP6_SIZE]);

#endif

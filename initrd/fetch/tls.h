/* SPDX-License-Identifier: MIT */
/*
 * tls.h - the client's side of TLS 1.2 and 1.3, as the body of the process
 * that tlscage.h starts. tls.c is the only file that names libssl.
 *
 * A reason in a struct tls_word is text for people; the peer had no part in
 * writing it.
 */
#ifndef FETCH_TLS_H
#define FETCH_TLS_H

#include "fetch/tlscage.h"

/*
 * tls_client - handshake on TLSCAGE_SOCK, one struct tls_word on
 * TLSCAGE_PLAIN, then bytes both ways until either side ends. Certificates
 * must chain to one of t->roots and name @host (an address when @numeric);
 * their dates are checked when t->now is not 0.
 */
void tls_client(const struct fetch_tls *t, const char *host, bool numeric);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * pax.h - write a tar (POSIX.1-2001 pax, attributes as SCHILY.xattr): the same
 * entries, the same bytes. pax.c alone names libarchive here.
 */
#ifndef LOOK_PAX_H
#define LOOK_PAX_H

#include "host/tarread.h"

struct pax;

/* pax_open - what is written goes to @put, which dies when it cannot. */
struct pax *pax_open(void (*put)(void *user, const void *p, size_t size),
		     void *user);

/* pax_entry - one entry; of a regular file pax_data() follows until e->size
 * bytes are there. False: no tar can hold it (a socket). */
bool pax_entry(struct pax *p, const struct tarread_entry *e);
void pax_data(struct pax *p, const void *data, size_t size);

/* pax_close - the end of the tar. */
void pax_close(struct pax *p);

#endif

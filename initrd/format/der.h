/* SPDX-License-Identifier: MIT */
/*
 * der.h - walking DER (X.690) element by element: lengths definite, minimal
 * and inside what holds them.
 */
#ifndef FORMAT_DER_H
#define FORMAT_DER_H

#include "format/env.h"

#define DER_INTEGER  0x02
#define DER_OCTETS   0x04
#define DER_NULL     0x05
#define DER_OID	     0x06
#define DER_SEQUENCE 0x30
#define DER_SET	     0x31
#define DER_CONTEXT0 0xa0
#define DER_CONTEXT1 0xa1

/* One element: its contents, and all of it with tag and length. */
struct der {
	uint8_t tag;
	struct span body, whole;
};

/*
 * der_next - cut the next element off *@rest.
 *
 * Returns 1, 0 at the end of *@rest, -EBADMSG (long tag, indefinite or
 * non-minimal length, longer than what is left).
 */
int der_next(struct span *rest, struct der *d);

/* der_expect - the next element, which must have @tag: 0 or -EBADMSG. */
int der_expect(struct span *rest, uint8_t tag, struct der *d);

#endif

// SPDX-License-Identifier: MIT
/*
 * der.c - walking DER element by element.
 */
#include "format/der.h"

/* Length octets at @p; returns how many there are, or -EBADMSG. */
static int get_length(const uint8_t *p, size_t room, size_t *len)
{
	size_t n, i, v = 0;

	if (!room)
		return -EBADMSG;
	if (p[0] < 0x80) {
		*len = p[0];
		return 1;
	}
	n = p[0] & 0x7f;
	if (!n || n > 4 || n >= room || !p[1])
		return -EBADMSG;
	for (i = 1; i <= n; i++)
		v = v << 8 | p[i];
	if (v < 0x80)
		return -EBADMSG;
	*len = v;
	return n + 1;
}

int der_next(struct span *rest, struct der *d)
{
	const uint8_t *p = (const uint8_t *)rest->p;
	size_t len;
	int n;

	if (!rest->n)
		return 0;
	if ((p[0] & 0x1f) == 0x1f)
		return -EBADMSG;
	n = get_length(p + 1, rest->n - 1, &len);
	if (n < 0 || len > rest->n - 1 - n)
		return -EBADMSG;
	d->tag = p[0];
	d->whole = (struct span){rest->p, 1 + n + len};
	d->body = (struct span){rest->p + 1 + n, len};
	rest->p += d->whole.n;
	rest->n -= d->whole.n;
	return 1;
}

int der_expect(struct span *rest, uint8_t tag, struct der *d)
{
	return der_next(rest, d) == 1 && d->tag == tag ? 0 : -EBADMSG;
}

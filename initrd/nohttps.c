// SPDX-License-Identifier: MIT
/* nohttps.c - an /init without TLS. */
#include "https.h"

const struct fetch_tls *https_setup(const struct boot *b)
{
	return NULL;
}

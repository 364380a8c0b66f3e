/* SPDX-License-Identifier: MIT */
/* linkmac.h - which card this machine is known by. */
#ifndef LINKMAC_H
#define LINKMAC_H

#include "boot.h"

/* link_mac - @n's address becomes the machine's. */
void link_mac(struct boot *b, const struct nic *n);

#endif

/* SPDX-License-Identifier: MIT */
/* link.h - which card this machine is known by. */
#ifndef LINK_H
#define LINK_H

#include "boot.h"

/* link_mac - @n's address becomes the machine's. */
void link_mac(struct boot *b, const struct nic *n);

#endif

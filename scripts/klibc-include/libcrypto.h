/* SPDX-License-Identifier: MIT */
/* libcrypto.h - before each file of OpenSSL: what klibc lacks of that which is
 * named there, though little of it is linked. */
#ifndef LIBCRYPTO_H
#define LIBCRYPTO_H

#include "ktime.h"

#ifndef __ASSEMBLER__
#include <stdio.h>

void setbuf(FILE *f, char *buf);
long syscall(long number, ...);
#endif

#endif

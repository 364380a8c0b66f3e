/* SPDX-License-Identifier: MIT */
/* klibc declares these in string.h. */
#include <string.h>

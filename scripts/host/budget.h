/* SPDX-License-Identifier: MIT */
/* budget.h - size-budget= of role.conf and base.conf: what a layer may take
 * as it travels. */
#ifndef HOST_BUDGET_H
#define HOST_BUDGET_H

#include <stdint.h>

#include "host/site.h"

/* budget_read - of @section, bytes; 0: none. Dies when it is not a size. */
uint64_t budget_read(const struct ini *conf, const char *section);

/* budget_why - "N bytes, above its size-budget of M", malloc-ed; NULL when
 * @size is within. */
char *budget_why(uint64_t size, uint64_t budget);

#endif

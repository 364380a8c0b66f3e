// SPDX-License-Identifier: MIT
/* rules.c - what the running initrd goes by. */
#include <stdlib.h>

#include "host/alloc.h"
#include "rules.h"

#define RULES_DIR "/run/slipway"

char *rules_path(const char *name)
{
	const char *dir = getenv("SLIPWAY_RULES");

	return xasprintf("%s/%s", dir ? dir : RULES_DIR, name);
}

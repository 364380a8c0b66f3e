// SPDX-License-Identifier: MIT
/* case-text.c - numbers, escaped paths, and globs with a line to match. */
#include <string.h>

#include "cases.h"

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const some[] = {
		"*\nabc",
		"[0-9a-f][!x]?*\n7y-z",
		"52:54:00:*\n52:54:00:12:34:56",
		"a*b*c*\naxbxcx",
		"[]a-]x\n]x",
		"[a-\n[a-",
		"pci:v*d[0-9A-F]*bc02*\npci:v8086d100Ebc02",
		"[^]]*\n\xc3\xa4",
		"0",
		"9223372036854775807",
		"9223372036854775808",
		"512M",
		"8388607T",
		"usr/li%20b/%C3%A4",
		"a%2541",
		"\x01\x7f %%",
	};
	const char *s = some[k % ARRAY_SIZE(some)];

	bytes_set(b, s, strlen(s));
	if (k >= ARRAY_SIZE(some))
		bytes_text(b, "%llu", (unsigned long long)rng_next(r) >> k);
}

static const char *const words[] = {"*", "?", "[", "]", "-", "[!", "%20", NULL};

/* Nothing here is refused whole, so there is nothing bad to make. */
const struct format case_text = {.name = "text", .good = good, .words = words};

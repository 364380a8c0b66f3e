// SPDX-License-Identifier: MIT
/*
 * budget.c - what a layer may take.
 */
#include <inttypes.h>

#include "format/text.h"
#include "host/alloc.h"
#include "host/budget.h"
#include "host/error.h"

uint64_t budget_read(const struct ini *conf, const char *section)
{
	const char *text = ini_get(conf, section, "size-budget");
	uint64_t budget = 0;

	if (text && text_size(text_span(text), &budget))
		die("%s: size-budget: '%s' is not a size (try 20M)", conf->path,
		    text);
	return budget;
}

char *budget_why(uint64_t size, uint64_t budget)
{
	if (!budget || size <= budget)
		return NULL;
	return xasprintf("%" PRIu64 " bytes, above its size-budget of %" PRIu64,
			 size, budget);
}

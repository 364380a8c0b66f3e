/* SPDX-License-Identifier: MIT */
/* inputs.h - the keys that say whether a base would come out the same. */
#ifndef BASEFS_INPUTS_H
#define BASEFS_INPUTS_H

#include "format/digest.h"
#include "recipe.h"
#include "release.h"

/* inputs_recipe - of all that the site and this program bring. */
void inputs_recipe(const struct recipe *r, char out[DIGEST_HEX + 1]);

/* inputs_key - of that, of what the mirrors have, and of the date. */
void inputs_key(const char *recipe, const struct release *releases, size_t n,
		uint32_t epoch, char out[DIGEST_HEX + 1]);

#endif

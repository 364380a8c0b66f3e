/* SPDX-License-Identifier: MIT */
/* inputs.h - all that says whether a base would come out the same. */
#ifndef BASEFS_INPUTS_H
#define BASEFS_INPUTS_H

#include "host/inputset.h"
#include "recipe.h"
#include "release.h"

/* inputs_recipe - open @s and fill it with all that the site and this program
 * bring. */
void inputs_recipe(struct inputset *s, const struct recipe *r);

/* inputs_archives - add to it what the mirrors have (@releases, one for each
 * archive, or NULL), and the date. */
void inputs_archives(struct inputset *s, const struct recipe *r,
		     const struct release *releases, uint32_t epoch);

#endif

/* SPDX-License-Identifier: MIT */
/* foreign.h - bases of another architecture than this machine's. */
#ifndef BASEFS_FOREIGN_H
#define BASEFS_FOREIGN_H

#include "recipe.h"

/*
 * foreign_check - die naming what to install when this machine cannot run
 * programs of the recipe's architecture: before a mirror is asked.
 */
void foreign_check(const struct recipe *r);

#endif

/* SPDX-License-Identifier: MIT */
/* plan.h - what a build would do. */
#ifndef OVERLAY_PLAN_H
#define OVERLAY_PLAN_H

#include "role.h"

/* plan_print - on standard output, in order: where @r is, the roles @deps below
 * it, packages, sources, hooks, grants. */
void plan_print(const struct role *r, char **deps);

#endif

/* SPDX-License-Identifier: MIT */
/* verify.h - --verify: an overlay built twice. */
#ifndef OVERLAY_VERIFY_H
#define OVERLAY_VERIFY_H

#include "make.h"

/*
 * verify_role - build @name anew, then once more under other conditions
 * (host/twice.h), and compare. Returns an exit status, after one line with the
 * first path that differs and in what.
 */
int verify_role(const struct make *m, const char *name);

#endif

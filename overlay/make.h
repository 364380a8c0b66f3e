/* SPDX-License-Identifier: MIT */
/* make.h - one role's overlay: left alone when nothing changed, else built
 * and put in its place, and what goes with it. */
#ifndef OVERLAY_MAKE_H
#define OVERLAY_MAKE_H

#include <stdbool.h>
#include "role.h"

/* What the person asked for. */
struct make {
	const struct site *site;
	bool plan, json, force, keep, offline, shell_on_error;
	bool no_lock, rebase;
	const char *breaks, *from_oci;
	const char *arguments; /* of this run, for overlay.info */
};

/*
 * make_role - the overlay of @name, all that it depends on (@deps, lowest
 * first) being there. @base_name: of a role that is not of the site. Returns
 * an exit status, or dies.
 */
int make_role(const struct make *m, const char *name, const char *base_name,
	      char **deps);

/* make_order - call make_role() for all that @name stands on, and for itself
 * with --force, --no-lock, --rebase and --from-oci. */
int make_order(const struct make *m, const char *name);

/* make_below - @deps of @order[@at], of role_order(); malloc-ed. */
char **make_below(const struct site *s, const char *name);

/* make_digests - of the overlays @deps, as their infos have them; dies when
 * one is not built. */
char **make_digests(const struct site *s, char **deps);

#endif

/* SPDX-License-Identifier: MIT */
/* prune.h - remove what the last releases do not name. */
#ifndef PUBLISH_PRUNE_H
#define PUBLISH_PRUNE_H

#include "host/site.h"
#include "release.h"
#include "signing.h"

/*
 * prune - remove layers and boot folders of the tree @dir that neither the
 * last @keep releases (copies in state/manifests) nor the boot script name.
 * An older manifest's copy goes with them.
 */
void prune(const struct site *site, const char *dir, unsigned int keep);

/* prune_keep_script - remember the boot script that is about to be replaced. */
void prune_keep_script(const struct site *site, const char *script,
		       unsigned int keep);

/*
 * prune_unsigned - drop boot folders of other releases whose signatures no
 * longer hold, as their root was retired or their key revoked. They are not
 * signed anew: what lies in a tree may not be what was built.
 */
void prune_unsigned(const struct release *r, const struct signing *g);

#endif

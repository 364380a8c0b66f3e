/* SPDX-License-Identifier: MIT */
/* prune.h - remove what the last releases do not name. */
#ifndef PUBLISH_PRUNE_H
#define PUBLISH_PRUNE_H

#include "host/site.h"

/*
 * prune - remove layers and boot folders of the tree @dir that neither the
 * last @keep releases (copies in state/manifests) nor the boot script name.
 * An older manifest's copy goes with them.
 */
void prune(const struct site *site, const char *dir, unsigned int keep);

/* prune_keep_script - remember the boot script that is about to be replaced. */
void prune_keep_script(const struct site *site, const char *script,
		       unsigned int keep);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * releases.h - releases on the disk: slipway/releases/SERIAL, each a publish
 * tree of one role (manifest.cms, signatures/ where there are several,
 * layers/), its kernel and initrd, and boot.cfg, which tells GRUB the role.
 * Equal files are hard links. A folder gets its name when all in it is on the
 * disk.
 */
#ifndef INSTALL_RELEASES_H
#define INSTALL_RELEASES_H

#include "update.h"

/* releases_list - serials, newest first; malloc-ed, @n of them. */
uint64_t *releases_list(const struct update *u, size_t *n);

/* releases_have - is there a folder of that name? */
bool releases_have(const struct update *u, uint64_t serial);

/* releases_order - the order for GRUB's menu into u->env. */
void releases_order(struct update *u);

/*
 * releases_manifest - prove release @serial's manifest under the anchor,
 * the number of signers and the floor that are in force, and decode it; *@cms
 * holds its text, malloc-ed. 0, or -EPROTO with @e.
 */
int releases_manifest(const struct update *u, uint64_t serial,
		      struct manifest *m, char **cms, struct fetch_error *e);

/*
 * releases_check - prove release @serial: manifest, every layer's digest,
 * kernel and initrd against the list that the manifest names. As above.
 */
int releases_check(const struct update *u, uint64_t serial,
		   struct fetch_error *e);

/*
 * releases_prune - keep @keep releases; what is running, chosen, good or
 * pinned stays in any case. GRUB's menu forgets one before it is removed.
 */
void releases_prune(struct update *u, unsigned int keep);

#endif

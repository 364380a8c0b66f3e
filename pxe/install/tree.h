/* SPDX-License-Identifier: MIT */
/* tree.h - names in a publish tree and in a release on the disk. */
#ifndef INSTALL_TREE_H
#define INSTALL_TREE_H

#include "update.h"

/* tree_layer, tree_index - "layers/SHA256.squashfs" and so on; malloc-ed. */
char *tree_layer(const struct manifest_layer *l);
char *tree_index(const struct manifest_layer *l);

/* What of boot/SHA256 a disk boots: kernel and initrd. */
extern const char *const tree_boot_names[2];

/* tree_find_file - the item of a file list called @name; 0 or -ENOENT. */
int tree_find_file(struct span list, const char *name,
		   struct filelist_item *it);

/* tree_role - the role this machine has by @m, as /init chooses; or NULL. */
const struct manifest_role *tree_role(const struct update *u,
				      struct manifest *m);

/* tree_boot_cfg - what boot.cfg says of @role; malloc-ed. tree_role_of - the
 * role that release @serial's says, in @m; or NULL. */
char *tree_boot_cfg(struct span role);
const struct manifest_role *
tree_role_of(const struct update *u, uint64_t serial, const struct manifest *m);

#endif

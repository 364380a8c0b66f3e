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

/*
 * tree_choose - the layers that @m has for this machine: --role, the site's
 * rules, what this disk is, the policy, the site's default; then the image that
 * a pin or the draw of a rollout gives, its name in *@image. NULL: no role.
 */
const struct manifest_role *tree_choose(const struct update *u,
					struct manifest *m, struct span *image);

/* tree_stack_of - what release @serial's boot.cfg names in @m; or NULL. */
const struct manifest_role *tree_stack_of(const struct update *u,
					  uint64_t serial,
					  const struct manifest *m);

#endif

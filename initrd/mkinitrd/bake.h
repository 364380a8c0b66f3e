/* SPDX-License-Identifier: MIT */
/* bake.h - the site's rules and its trust anchor, as an initrd carries them. */
#ifndef MKINITRD_BAKE_H
#define MKINITRD_BAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "host/site.h"

/*
 * bake_policy - format/policy.h out of site.conf; malloc-ed. @kernel is ""
 * when the initrd carries no modules.
 */
char *bake_policy(const struct site *s, const char *kernel, uint64_t built,
		  bool rescue, size_t *size);

/* bake_root - keys/root.crt and keys/revoked as format/anchor.h, malloc-ed; dies when it is unreadable. */
void *bake_root(const struct site *s, size_t *size);

#endif

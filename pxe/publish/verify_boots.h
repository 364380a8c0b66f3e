/* SPDX-License-Identifier: MIT */
/* verify_boots.h - the signatures of a publish tree's boot files. */
#ifndef PUBLISH_VERIFY_BOOTS_H
#define PUBLISH_VERIFY_BOOTS_H

#include "verify.h"

/*
 * verify_boots - tell of each kernel, initrd and driver archive below boot/ of
 * the folder @tree whether its signature holds under @root (DER).
 */
void verify_boots(const char *tree, const void *root, size_t root_size,
		  verify_told told, void *user);

#endif

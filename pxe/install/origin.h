/* SPDX-License-Identifier: MIT */
/*
 * origin.h - the release that is to be installed: out of a publish tree in a
 * folder, on a medium, or behind a URL; every byte proven before the disk is
 * touched.
 */
#ifndef INSTALL_ORIGIN_H
#define INSTALL_ORIGIN_H

#include "media/load.h"

struct origin_want {
	const char *from; /* folder, URL, or LABEL=NAME[:/PATH] */
	const char *role; /* NULL: as the site says */
	const struct manifest_machine *machine;
	const char *root; /* trust anchor, PEM or DER */
	const char *tls_roots;
	const char *work; /* folder for what is fetched */
};

/*
 * origin_load - fill @l with the release's files: manifest, layers and indexes
 * of the role, kernel and initrd, and all signatures of the manifest, as many
 * at least as the running initrd (rules.h) asks for where it is of the same
 * site. What comes from a server lies in @work. Dies with the code of what was
 * refused.
 */
void origin_load(struct load *l, const struct origin_want *w);

#endif

/* SPDX-License-Identifier: MIT */
/* rules.h - what the running initrd goes by. */
#ifndef INSTALL_RULES_H
#define INSTALL_RULES_H

/* rules_path - of "policy" or "root.der", as initrd/manifest.c leaves them;
 * malloc-ed. $SLIPWAY_RULES names another folder, for tests and rescue systems.
 */
char *rules_path(const char *name);

#endif

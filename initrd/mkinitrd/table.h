/* SPDX-License-Identifier: MIT */
/* table.h - the initrd's module table, format/modtab.h. */
#ifndef MKINITRD_TABLE_H
#define MKINITRD_TABLE_H

#include <stddef.h>
#include "modules.h"

/* table_path - where module @mod lies in the initrd, relative; malloc-ed. */
char *table_path(const struct modules *m, const struct module *mod);

/*
 * table_text - the table of all that is in m->order; malloc-ed. That of an
 * @archive leaves to the core what the core has: its aliases, and what every
 * boot loads.
 */
char *table_text(struct modules *m, bool archive, size_t *size);

#endif

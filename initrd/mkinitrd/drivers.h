/* SPDX-License-Identifier: MIT */
/*
 * drivers.h - which modules an initrd carries, whatever machine packs it.
 */
#ifndef MKINITRD_DRIVERS_H
#define MKINITRD_DRIVERS_H

#include <stdbool.h>
#include "modules.h"

/*
 * drivers_select - mark what @list names: net, storage, all, or a module.
 *
 * Buses go with either group, VLANs and bonds with any driver of a NIC, and
 * what every boot loads is always there. Dies on a name that is none of these.
 */
void drivers_select(struct modules *m, const char *list);

/* drivers_nic - is it one of a NIC? An extra driver may be. */
bool drivers_nic(const struct module *mod);

/* drivers_always - modules loaded on every boot, NULL terminated. */
extern const char *const drivers_always[];

/*
 * drivers_core - choose what a core initrd has: what every boot loads, the
 * buses of virtual machines, and what makes one link of several.
 */
void drivers_core(struct modules *m);

#endif

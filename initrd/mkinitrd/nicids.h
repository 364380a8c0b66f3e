/* SPDX-License-Identifier: MIT */
/*
 * nicids.h - which drivers a NIC needs, by its PCI id, as iPXE's
 * ${busid:hexraw} writes it: "01", vendor, device.
 */
#ifndef MKINITRD_NICIDS_H
#define MKINITRD_NICIDS_H

#include "modules.h"

#define NICIDS_ID_SIZE 11

struct nicid {
	char id[NICIDS_ID_SIZE]; /* "01808610d3" */
	size_t module;		 /* index into modules.list */
};

/*
 * nicids_read - every pair of an id and a driver among the selected network
 * drivers of @m, sorted, each once; malloc-ed, *@n of them. An id that two
 * drivers claim comes twice.
 */
struct nicid *nicids_read(const struct modules *m, size_t *n);

#endif

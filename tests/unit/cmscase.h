/* SPDX-License-Identifier: MIT */
/*
 * cmscase.h - what cmsgen writes and u-cms reads: a record a case, followed by
 * the anchor, the message, and the data that it is over.
 */
#ifndef CMSCASE_H
#define CMSCASE_H

#include <stdint.h>

struct cms_case {
	char name[48];
	char why[64]; /* what the verdict must give as its reason */
	int32_t err;  /* the verdict */
	uint32_t detached, sweep;
	uint32_t honest; /* signed by one who signs good messages too */
	uint32_t root_n, der_n, data_n;
};

#endif

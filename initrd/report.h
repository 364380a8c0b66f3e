/* SPDX-License-Identifier: MIT */
/* report.h - report.json under /run/slipway: what this boot did and cost. */
#ifndef REPORT_H
#define REPORT_H

#include "boot.h"

/* report_file - write it; a boot does not fail for its report. */
void report_file(const struct boot *b);

#endif

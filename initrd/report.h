/* SPDX-License-Identifier: MIT */
/* report.h - report.json under /run/slipway: what this boot did and cost. */
#ifndef REPORT_H
#define REPORT_H

#include "boot.h"

#define REPORT_VERSION 1
#define REPORT_MAX     49152 /* 16 mirrors, 17 layers, 24 steps */

/*
 * report_file - write it; a boot does not fail for its report. Returns its
 * text, which stays until the next call; nothing when it did not fit.
 */
struct span report_file(const struct boot *b);

#endif

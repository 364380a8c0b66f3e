/* SPDX-License-Identifier: MIT */
/* deliver.h - send the reports that a boot could not send in its time. */
#ifndef SERVE_DELIVER_H
#define SERVE_DELIVER_H

/*
 * deliver_all - each report in the folder @dir to @url; what was taken is
 * removed. https is left to curl(1). Returns how many were not taken, each
 * with a line on standard error; none there is 0.
 */
unsigned int deliver_all(const char *dir, const char *url);

#endif

/* SPDX-License-Identifier: MIT */
/* unfilter.h - what is compressed, plain: gzip, zstd, bzip2, xz, or not. */
#ifndef HOST_UNFILTER_H
#define HOST_UNFILTER_H

#include "tarread.h"

struct unfilter;

/* unfilter_open - reads from @source, part by part; never fails. */
struct unfilter *unfilter_open(tarread_source source, void *from);
void unfilter_close(struct unfilter *u);

/* unfilter_next - a tarread_source, whose user is a struct unfilter. */
ssize_t unfilter_next(void *user, const void **p, char **why);

#endif

/* SPDX-License-Identifier: MIT */
/* past.h - what was released before: the manifests in state/manifests. */
#ifndef PUBLISH_PAST_H
#define PUBLISH_PAST_H

#include "format/manifest.h"
#include "host/site.h"

/*
 * past_open - the manifest of release @serial, checked against the site's
 * root; malloc-ed, as long as the process lives. NULL when there is no copy;
 * dies when there is one that does not verify or parse.
 */
const struct manifest *past_open(const struct site *site, uint64_t serial);

/* past_last - as past_open, what the tree has now: of @channel, or n 0. */
const struct manifest *past_last(const struct site *site, struct span channel);

/* past_path - the manifest of a channel, or of none, in the tree; malloc-ed. */
char *past_path(const struct site *site, struct span channel);

/* past_serial - of the last release, 0 before the first; dies when the file
 * that keeps it is damaged. */
uint64_t past_serial(const struct site *site);

#endif

/* SPDX-License-Identifier: MIT */
/* debs.h - packages that were fetched once need not be fetched again; and
 * how apt inside reaches its mirrors meanwhile. */
#ifndef BASEFS_DEBS_H
#define BASEFS_DEBS_H

/* debs_load - before anything is there: @cache/debs into the new system, and
 * the proxies of this machine's apt. */
void debs_load(const char *root, const char *cache);

/* debs_save - new packages into @cache/debs. */
void debs_save(const char *root, const char *cache);

#define DEBS_CONF "/etc/apt/apt.conf.d/98slipway-host"

#endif

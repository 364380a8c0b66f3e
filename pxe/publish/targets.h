/* SPDX-License-Identifier: MIT */
/*
 * targets.h - where else a publish tree goes: folders, rsync servers, S3
 * buckets. On each the order is that of the tree itself: what is immutable,
 * the manifests, the scripts; and only then is removed what the tree here has
 * no more, which is what no release, channel, rollout or pin names.
 */
#ifndef PUBLISH_TARGETS_H
#define PUBLISH_TARGETS_H

#include <stdbool.h>

#include "host/site.h"

struct target {
	const char *to;	  /* as the operator wrote it */
	const char *tree; /* the folder that is sent */
	const struct ini *conf;
};

/*
 * One way to send. @name is relative to the tree. All return false after one
 * line on standard error; what was there before is whole then.
 *
 * folder: send what is missing below the folder @name; nothing is removed.
 * file: replace one small file, at once and last of all.
 * prune: remove below the folder @name what the tree does not have, of what
 * has a name that we give: whatever else is there is somebody's.
 */
struct target_way {
	bool (*folder)(const struct target *t, const char *name);
	bool (*file)(const struct target *t, const char *name);
	bool (*prune)(const struct target *t, const char *name);
};

#define TARGETS_HEX "[0-9a-f]"

extern const struct target_way target_dir, target_rsync, target_s3;

/*
 * targets_list - DIR, rsync://HOST/MODULE/PATH, HOST:PATH, s3://BUCKET/PREFIX:
 * those of @to (a line each), or those of [publish] to where it is NULL.
 * malloc-ed, NULL terminated; dies on one that is none of these.
 */
char **targets_list(const struct site *site, const char *to);

/*
 * targets_send - bring the tree in the folder @tree to all of @list, one after
 * the other, those behind a broken one too. Returns how many failed.
 */
unsigned int targets_send(const struct site *site, const char *tree,
			  char *const *list);

/*
 * targets_run - run a program that sends, its words in @argv, @env added to
 * ours. False when it failed, after a line that holds its own last one.
 */
bool targets_run(const struct target *t, const char *const *argv,
		 const char *const *env);

#endif

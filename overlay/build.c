/* SPDX-License-Identifier: MIT */
/* build.c - the table of contents of a build, phase after phase. */
#include <stdlib.h>
#include <unistd.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/pkglist.h"
#include "aids.h"
#include "apt.h"
#include "build.h"
#include "capture.h"
#include "check.h"
#include "child.h"
#include "conflicts.h"
#include "files.h"
#include "fromoci.h"
#include "lock.h"
#include "mounts.h"
#include "pack.h"
#include "packages.h"
#include "phase.h"
#include "pieces.h"
#include "rebase.h"
#include "record.h"
#include "sources.h"
#include "unpack.h"

#define REPLAY_INODES (1u << 20)

struct inside {
	const struct build *b;
	struct outfile *o;
	struct info *i;
};

static bool has(const struct build *b, const char *name)
{
	char *path = xasprintf("%s/%s", b->role->dir, name);
	bool there = !access(path, F_OK);

	free(path);
	return there;
}

/* Such a role is its image, exactly. */
static bool only_image(const struct build *b)
{
	return b->oci && !b->role->packages[0] && !has(b, "hooks") &&
	       !has(b, "files");
}

static void run_phases(const struct build *b)
{
	phase_run(b, "extra-data");
	phase_run(b, "pre-install");
	apt_install(b);
	phase_run(b, "install");
	files_copy(b);
	files_first_boot(b);
	phase_run(b, "post-install");
	pieces_gather(b);
	phase_run(b, "cleanup");
	if (!only_image(b))
		record_write(b);
	phase_run(b, "finalise");
}

/* Let the role change the union; what it changed is in upper/. */
static void change(const struct build *b, char *const *lowers, size_t n,
		   struct pkglist *packages)
{
	aids_make(b, lowers, n);
	mounts_union(b, lowers, n);
	fromoci_apply(b);
	sources_place(b->sources, "sources");
	lock_place(b);
	mounts_inside(b);
	run_phases(b);
	packages_find(b, "root", lowers, n, packages);
	mounts_leave(b);
	aids_forget(b, lowers, n);
}

static void build_inside(const struct build *b, struct outfile *o,
			 struct info *i)
{
	char *lowers[BUILD_LOWERS_MAX];
	uint8_t digest[DIGEST_SIZE];
	struct pkglist packages;
	struct capture c;
	size_t n;

	mounts_work(b);
	n = mounts_lowers(b, lowers);
	if (b->replay) {
		unpack_overlay(b->replay, "upper", REPLAY_INODES,
			       UINT64_MAX / 2);
		packages_find(b, "upper", lowers, n, &packages);
	} else {
		change(b, lowers, n, &packages);
	}
	capture_tree(&c, "upper", b->base->epoch);
	if (b->rebase_from)
		rebase_check(b, &c);
	check_capture(&c, (const char *const *)lowers, n, b->role->grants);
	conflicts_say(b, &c, lowers, n);
	if (digest_unhex(text_span(b->base->digest), digest))
		die("base %s: digest is not one", b->base->name);
	pack_write(&c, digest, o, i);
	packages_write(b, &packages, i);
}

static void inside(void *user)
{
	struct inside *a = user;

	build_inside(a->b, a->o, a->i);
}

int build_overlay(struct build *b, struct outfile *o, struct info *i)
{
	char *what = xasprintf("role %s: the build", b->role->name);
	struct inside a = {b, o, i};
	struct child c = {.what = what,
			  .work = b->work,
			  .inside = inside,
			  .user = &a,
			  .result = i,
			  .size = sizeof(*i)};
	int ret = child_run(&c);

	free(what);
	return ret;
}

// SPDX-License-Identifier: MIT
/* open.c - the BOOT file system, and what this machine has noted on it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "machine.h"
#include "releases.h"
#include "rules.h"

#define MOUNT_POINT "/run/slipway-boot"
#define ROOT_MAX    65536
#define LOCK_TRIES  20
#define LOCK_US	    100000

char *update_path(const struct update *u, const char *fmt, ...)
{
	char *rest, *path;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&rest, fmt, ap) < 0)
		die("memory:");
	va_end(ap);
	path = xasprintf("%s/%s", u->home, rest);
	free(rest);
	return path;
}

/* Where the device is mounted for writing already; malloc-ed or NULL. */
static char *mounted_at(const char *device)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	char *at = NULL, real[PATH_MAX];
	struct mntent *m;

	while (f && !at && (m = getmntent(f)))
		if (realpath(m->mnt_fsname, real) && !strcmp(real, device) &&
		    hasmntopt(m, "rw"))
			at = xstrdup(m->mnt_dir);
	if (f)
		endmntent(f);
	return at;
}

static void find_boot(struct update *u, const char *label)
{
	char *link = xasprintf("/dev/disk/by-label/%s", label);
	char device[PATH_MAX];

	if (!label[0])
		die("not booted from an installed disk; give its BOOT file system with --boot DIR");
	if (!realpath(link, device))
		die("%s: no such disk:", link);
	free(link);
	u->boot = mounted_at(device);
	if (u->boot)
		return;
	u->boot = xstrdup(MOUNT_POINT);
	if (mkdir(u->boot, 0700) && errno != EEXIST)
		die("%s:", u->boot);
	if (mount(device, u->boot, "ext4", MS_NODEV | MS_NOSUID | MS_NOEXEC,
		  NULL))
		die("%s: mount on %s:", device, u->boot);
	u->mounted = true;
}

static void take_lock(const struct update *u)
{
	int fd = open(u->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unsigned int i;

	if (fd < 0)
		die("%s: not a disk that slipway installed:", u->home);
	/* held until the process ends, and its workers, which soon follow
	 * one that was killed */
	for (i = 0; flock(fd, LOCK_EX | LOCK_NB); i++) {
		if (i == LOCK_TRIES)
			die("%s: another slipway update is at work", u->home);
		usleep(LOCK_US);
	}
}

/* What the running initrd goes by: a rotated root came with its release. */
static void *rule(const char *name, size_t max, size_t *size)
{
	char *path = rules_path(name);
	void *p = outfile_slurp(path, max, size);

	if (!p)
		die("%s: cannot read (slipway's /init leaves it there):", path);
	free(path);
	return p;
}

static void read_policy(struct update *u)
{
	struct fault f = {0};
	size_t n;

	u->policy_text = rule("policy", POLICY_SIZE_MAX, &n);
	if (policy_parse(&u->policy, (struct span){u->policy_text, n}, &f))
		die("policy: %s", f.why);
	/* an installed machine has something to go on with */
	u->policy.stale_refuse = true;
	u->root = rule("root.der", ROOT_MAX, &u->root_size);
}

static void read_env(struct update *u)
{
	char *path = update_path(u, "grubenv"), *text;
	size_t n = 0;

	text = outfile_slurp(path, GRUBENV_SIZE, &n);
	u->env_good = text && !grubenv_parse(&u->env, (struct span){text, n});
	free(text);
	free(path);
}

/* An installer leaves none. */
static bool no_state_yet(const struct update *u)
{
	char *one = update_path(u, "state.0"), *two = update_path(u, "state.1");
	bool none = access(one, F_OK) && access(two, F_OK);

	free(two);
	free(one);
	return none;
}

/* No copy is good: begin from what the disk has, trusting nothing newer. */
static void read_state(struct update *u)
{
	uint64_t *list;
	size_t n;

	u->state_copies = state_load(&u->state, u->home);
	if (u->state_copies)
		return;
	list = releases_list(u, &n);
	if (u->running && releases_have(u, u->running))
		u->state.good = u->running;
	else if (u->env.good && releases_have(u, u->env.good))
		u->state.good = u->env.good;
	else if (n)
		u->state.good = list[n - 1];
	u->state.chosen = u->state.good;
	free(list);
	if (n && !no_state_yet(u))
		warn("%s/state: neither copy is readable; going on from release %llu",
		     u->home, (unsigned long long)u->state.good);
}

void update_open(struct update *u, const char *boot)
{
	struct machine_boot booted;

	digest_setup();
	machine_booted(&booted);
	u->running = booted.serial;
	if (!u->channel && booted.channel[0])
		u->channel = xstrdup(booted.channel);
	machine_identity(&u->machine);
	if (boot)
		u->boot = xstrdup(boot);
	else
		find_boot(u, booted.label);
	u->home = xasprintf("%s/slipway", u->boot);
	take_lock(u);
	disk_thaw(u->boot);
	read_policy(u);
	read_env(u);
	read_state(u);
}

void update_close(struct update *u)
{
	if (u->mounted && umount2(u->boot, MNT_DETACH))
		warn("%s: unmount:", u->boot);
	free(u->policy_text);
	free(u->root);
	free(u->home);
	free(u->boot);
}

void update_count_good(struct update *u)
{
	u->env.counts = true;
	u->env.good_left = GRUBENV_TRIES;
}

void update_save(struct update *u, unsigned int tries)
{
	const struct state *s = &u->state;
	char block[GRUBENV_SIZE], *path = update_path(u, "grubenv");
	bool trial = s->chosen != s->good;

	state_save(&u->state, u->home);
	releases_order(u);
	u->env.good = s->good;
	u->env.try = trial ? s->chosen : 0;
	u->env.left = trial ? tries : 0;
	if (grubenv_print(&u->env, block))
		die("%s: does not fit into a sector", path);
	disk_overwrite(path, block, sizeof(block));
	u->env_good = true;
	free(path);
}

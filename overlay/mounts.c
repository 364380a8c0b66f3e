/* SPDX-License-Identifier: MIT */
/* mounts.c - the work area and the union, seen by this build alone. */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "dev.h"
#include "mounts.h"
#include "trees.h"
#include "unpack.h"

#define LOOP_TRIES 50

void mounts_mount(const char *src, const char *at, const char *type,
		  unsigned long flags, const char *data)
{
	if (mount(src, at, type, flags, data))
		die("%s: mount %s:", at, type ? type : "bind");
}

static void make_dir(const char *path, mode_t mode)
{
	if (mkdir(path, mode) && errno != EEXIST)
		die("%s:", path);
}

/*
 * In a user namespace overlayfs notes things in user.* attributes, which a
 * tmpfs has since Linux 6.6: before that the work is done on disk.
 */
static void mount_work(const struct build *b)
{
	mounts_mount("slipway", b->work, "tmpfs", 0, "mode=0755");
	if (b->user && setxattr(b->work, "user.slipway", "", 0, 0) &&
	    umount2(b->work, MNT_DETACH))
		die("%s:", b->work);
}

void mounts_work(const struct build *b)
{
	mounts_mount(b->work, b->work, NULL, MS_BIND, NULL);
	mounts_mount(NULL, b->work, NULL, MS_PRIVATE, NULL);
	if (!b->keep)
		mount_work(b);
	/* relative names from here on: a site's path may hold ':' and ',',
	 * which mean something else among overlayfs's options */
	if (chdir(b->work))
		die("%s:", b->work);
	make_dir("upper", 0755);
	make_dir("ovlwork", 0700);
	make_dir("base", 0755);
	make_dir("aids", 0755);
	make_dir("data", 0755);
	make_dir("sources", 0755);
	make_dir("locked", 0755);
	make_dir("root", 0755);
}

/* A loop device that frees itself when the last user is gone. */
static int loop_open(const char *image, char *dev, size_t size)
{
	struct loop_config conf = {0};
	int ctl = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int file = open(image, O_RDONLY | O_CLOEXEC), n, fd;

	if (file < 0)
		die("%s:", image);
	if (ctl < 0)
		die("/dev/loop-control:");
	conf.fd = file;
	conf.info.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR;
	for (int i = 0; i < LOOP_TRIES; i++) {
		n = ioctl(ctl, LOOP_CTL_GET_FREE);
		if (n < 0)
			die("loop device:");
		snprintf(dev, size, "/dev/loop%d", n);
		fd = open(dev, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			die("%s:", dev);
		if (!ioctl(fd, LOOP_CONFIGURE, &conf)) {
			close(file);
			close(ctl);
			return fd;
		}
		/* somebody was quicker: the next free one */
		if (errno != EBUSY)
			die("%s: %s:", dev, image);
		close(fd);
	}
	errno = EBUSY;
	die("loop device:");
}

/* A mount below a user namespace keeps its other flags, or it is refused. */
static void read_only(const char *at, unsigned int flags)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};

	if (syscall(SYS_mount_setattr, AT_FDCWD, at, flags, &attr,
		    sizeof(attr)))
		die("%s: read-only:", at);
}

static void bind(const char *from, const char *at, bool ro)
{
	mounts_mount(from, at, NULL, MS_BIND, NULL);
	if (ro)
		read_only(at, 0);
}

static void bind_tree(const struct build *b)
{
	char *tree = trees_get(b->base, b->cache);

	bind(tree, "base", true);
	free(tree);
}

static void mount_base(const struct build *b)
{
	char dev[32];
	int fd;

	if (b->user) {
		bind_tree(b);
		return;
	}
	fd = loop_open(b->base->image, dev, sizeof(dev));
	if (mount(dev, "base", "squashfs", MS_RDONLY, NULL))
		die("base %s: mount as squashfs:", b->base->name);
	close(fd);
}

/* The overlay of a role below, whose digest must be what was built. */
static void add_dep(const struct build *b, const char *name, const char *dir)
{
	char *file =
		site_path(b->site, "build/overlays/%s/overlay.cpio.gz", name);
	char *path = site_path(b->site, "build/overlays/%s/overlay.info", name);
	char inputs[DIGEST_HEX + 1], base[DIGEST_HEX + 1];
	char digest[DIGEST_HEX + 1];
	struct info i;
	uint64_t size;

	if (info_read(path, &i, inputs, base))
		die("overlay %s: not built: run 'slipway overlay %s'", name,
		    name);
	hash_file_hex(file, digest, &size);
	if (strcmp(digest, i.digest) || strcmp(base, b->base->digest))
		die("overlay %s: stale: run 'slipway overlay %s --force'", name,
		    name);
	make_dir(dir, 0755);
	unpack_overlay(file, dir, i.inodes, i.unpacked);
	free(file);
	free(path);
}

void mounts_copy_dir(const char *from, const char *to)
{
	struct timespec t[2];
	struct stat st;

	if (stat(from, &st))
		die("%s:", from);
	t[0] = t[1] = st.st_mtim;
	if (chown(to, st.st_uid, st.st_gid) || chmod(to, st.st_mode & 07777) ||
	    utimensat(AT_FDCWD, to, t, 0))
		die("%s:", to);
}

size_t mounts_lowers(const struct build *b, char *lowers[BUILD_LOWERS_MAX])
{
	size_t n = 0, k = 0;

	mount_base(b);
	while (b->deps[n])
		n++;
	if (n + 1 > BUILD_LOWERS_MAX)
		die("role %s: too many overlays below", b->role->name);
	for (size_t i = n; i--;) {
		lowers[k] = xasprintf("l%zu", i);
		add_dep(b, b->deps[i], lowers[k++]);
	}
	lowers[k++] = xstrdup("base");
	return k;
}

void mounts_union(const struct build *b, char *const *lowers, size_t n)
{
	char *lower = xstrdup("aids"), *opts;

	for (size_t i = 0; i < n; i++) {
		char *next = xasprintf("%s:%s", lower, lowers[i]);

		free(lower);
		lower = next;
	}
	mounts_copy_dir(lowers[0], "upper");
	mounts_copy_dir(lowers[0], "aids");
	/* userxattr means no redirects and no metacopy, and refuses to be told
	 */
	opts = xasprintf(
		"lowerdir=%s,upperdir=upper,workdir=ovlwork,index=off,xino=off,%s",
		lower, b->user ? "userxattr" : "redirect_dir=off,metacopy=off");
	mounts_mount("slipway", "root", "overlay", 0, opts);
	free(lower);
	free(opts);
}

static void inside_dir(const char *path, mode_t mode)
{
	struct stat st;

	/* "run" as a symlink would lead out of the union */
	if (!lstat(path, &st) && !S_ISDIR(st.st_mode))
		die("%s: the base has something other than a directory there",
		    path);
	make_dir(path, mode);
}

/* A sysfs belongs to a network namespace, and that is the machine's. */
static void mount_sys(const struct build *b)
{
	inside_dir("root/sys", 0555);
	if (!b->user) {
		mounts_mount("sysfs", "root/sys", "sysfs",
			     MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY,
			     NULL);
		return;
	}
	mounts_mount("/sys", "root/sys", NULL, MS_BIND | MS_REC, NULL);
	read_only("root/sys", AT_RECURSIVE);
}

static void apt_dirs(const struct build *b)
{
	static const char *const parents[] = {"root/var", "root/var/lib",
					      "root/var/lib/apt",
					      "root/var/cache"};
	const char *suite = ini_get(&b->base->info, "base", "suite");
	char *debs = xasprintf("%s/debs", b->cache);
	char *lists = xasprintf("%s/lists/%s", b->cache,
				suite && site_name_ok(suite) ? suite : "other");

	for (size_t i = 0; i < ARRAY_SIZE(parents); i++)
		inside_dir(parents[i], 0755);
	inside_dir("root/var/lib/apt/lists", 0755);
	inside_dir("root/var/cache/apt", 0755);
	site_mkdirs(lists);
	/* a lock's own list is of no use to another build */
	if (b->lock)
		mounts_mount("lists", "root/var/lib/apt/lists", "tmpfs", 0,
			     "mode=0755");
	else
		bind(lists, "root/var/lib/apt/lists", false);
	mounts_mount("apt", "root/var/cache/apt", "tmpfs", 0, "mode=0755");
	make_dir("root/var/cache/apt/archives", 0755);
	bind(debs, "root/var/cache/apt/archives", false);
	make_dir("root/var/cache/apt/archives/partial", 0755);
	free(debs);
	free(lists);
}

void mounts_inside(const struct build *b)
{
	static const struct {
		const char *path, *type;
		unsigned long flags;
		const char *data;
		mode_t mode;
	} m[] = {
		{"root/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL,
		 0555},
		{"root/dev", "tmpfs", MS_NOSUID, "mode=0755", 0755},
		{"root/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755", 0755},
		{"root/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777", 01777},
	};

	for (size_t i = 0; i < ARRAY_SIZE(m); i++) {
		inside_dir(m[i].path, m[i].mode);
		mounts_mount(m[i].type, m[i].path, m[i].type, m[i].flags,
			     m[i].data);
	}
	mount_sys(b);
	dev_make(b);
	make_dir("root" BUILD_INSIDE, 0755);
	make_dir("root" BUILD_INSIDE "/role", 0755);
	make_dir("root" BUILD_INSIDE "/data", 0755);
	make_dir("root" BUILD_INSIDE "/sources", 0755);
	make_dir("root" BUILD_INSIDE "/bin", 0755);
	make_dir("root" BUILD_INSIDE "/locked", 0755);
	make_dir("root/run/lock", 01777);
	apt_dirs(b);
	bind(b->role->dir, "root" BUILD_INSIDE "/role", true);
	bind("data", "root" BUILD_INSIDE "/data", false);
	bind("sources", "root" BUILD_INSIDE "/sources", true);
	bind("locked", "root" BUILD_INSIDE "/locked", true);
	if (b->helpers)
		bind(b->helpers, "root" BUILD_INSIDE "/bin", true);
}

void mounts_leave(const struct build *b)
{
	if (umount2("root", MNT_DETACH))
		die("%s: umount:", b->root);
}

bool mounts_full(const struct build *b)
{
	struct statfs s;

	return !statfs("upper", &s) &&
	       (s.f_bavail < 64 || (s.f_files && s.f_ffree < 16));
}

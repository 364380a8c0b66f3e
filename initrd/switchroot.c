// SPDX-License-Identifier: MIT
/*
 * switchroot.c - the point of no return. Everything is checked first: that we
 * stand on an initramfs and nothing that anybody would miss, and that the new
 * root holds a program to go on with. Then the initramfs is emptied, for its
 * memory, and left.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "boot.h"
#include "console.h"
#include "program.h"
#include "switchroot.h"
#include "sys.h"
#include "syslog.h"
#include "walk.h"

/* of linux/mount.h, which does not go together with sys/mount.h */
#ifndef MS_PRIVATE
#define MS_PRIVATE (1 << 18)
#endif

#define SYSLOG_MS 100
#define TMPFS 0x01021994
#define RAMFS 0x858458f6

static const char *const moved[] = {"/proc", "/sys", "/dev", "/run"};

/* PID 1 gets these once, at its start. */
static struct {
	char **argv, **envp;
} given;

void switchroot_args(char **argv, char **envp)
{
	given.argv = argv;
	given.envp = envp;
}

static int check_old(struct boot *b)
{
	struct stat old, new, init;
	struct statfs fs;

	if (stat("/", &old) || stat(BOOT_NEW, &new) || statfs("/", &fs))
		return fetch_fail(&b->error, CODE_SYS, "new root: %s",
				  strerror(errno));
	if (old.st_dev == new.st_dev)
		return fetch_fail(&b->error, CODE_SYS,
				  "new root: on the same file system");
	if ((uint32_t)fs.f_type != TMPFS && (uint32_t)fs.f_type != RAMFS)
		return fetch_fail(&b->error, CODE_SYS,
				  "old root: not an initramfs (file system %x)",
				  (unsigned int)fs.f_type);
	if (lstat("/init", &init) || !S_ISREG(init.st_mode))
		return fetch_fail(&b->error, CODE_SYS,
				  "old root: not an initramfs, no /init");
	return 0;
}

static int check_init(struct boot *b, char path[PROGRAM_PATH_MAX])
{
	struct span s = b->args.init.n ? b->args.init : text_span("/sbin/init");
	const char *why;
	int root;

	if (text_copy(path, PROGRAM_PATH_MAX, s) || path[0] != '/')
		return fetch_fail(&b->error, CODE_INIT,
				  "init=: not an absolute path below %u bytes",
				  PROGRAM_PATH_MAX);
	root = open(BOOT_NEW, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return fetch_fail(&b->error, CODE_SYS, "new root: %s",
				  strerror(errno));
	why = program_check(root, path);
	close(root);
	if (why)
		return fetch_fail(&b->error, CODE_INIT, "%s: %s", path, why);
	return 0;
}

static int move_mounts(struct boot *b)
{
	char to[32];

	/* a shared mount cannot be moved */
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(moved); i++) {
		snprintf(to, sizeof(to), BOOT_NEW "%s", moved[i]);
		mkdir(to, 0755);
		if (mount(moved[i], to, NULL, MS_MOVE, NULL))
			return fetch_fail(&b->error, CODE_MOUNT,
					  "%s: into the new root: %s", moved[i],
					  strerror(errno));
	}
	return 0;
}

static int enter(struct boot *b)
{
	if (chdir(BOOT_NEW))
		return fetch_fail(&b->error, CODE_SYS, "new root: %s",
				  strerror(errno));
	walk_empty("/");
	if (mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		return fetch_fail(&b->error, CODE_SYS, "switch to new root: %s",
				  strerror(errno));
	return 0;
}

int switchroot_run(struct boot *b)
{
	char init[PROGRAM_PATH_MAX];
	int ret = check_old(b);

	if (!ret)
		ret = check_init(b, init);
	if (!ret)
		ret = move_mounts(b);
	if (ret)
		return ret;
	console_say("starting %s", init);
	syslog_close(SYSLOG_MS);
	ret = enter(b);
	if (ret)
		return ret;
	sys_close_from(3);
	given.argv[0] = init;
	execve(init, given.argv, given.envp);
	return fetch_fail(&b->error, CODE_INIT, "%s: %s", init,
			  strerror(errno));
}

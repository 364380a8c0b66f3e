// SPDX-License-Identifier: MIT
/*
 * early.c - the file systems every later step reads, the console, the command
 * line. What is mounted already stays: a second proc would hide what a build
 * host has bound over /proc/cmdline.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "boot.h"
#include "console.h"
#include "file.h"
#include "sys.h"

static const struct early_mount {
	const char *type, *where, *options;
	unsigned long flags;
} mounts[] = {
	{"proc", "/proc", "", MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"sysfs", "/sys", "", MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"devtmpfs", "/dev", "mode=0755", MS_NOSUID},
	{"tmpfs", "/run", "mode=0755,size=20%", MS_NOSUID | MS_NODEV},
};

/* 1 or 0; -errno when that cannot be told, which is not "no". */
static int mounted(const char *where)
{
	struct stat root, st;

	if (stat("/", &root) || stat(where, &st))
		return -errno;
	return st.st_dev != root.st_dev;
}

static int mount_all(struct boot *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		const struct early_mount *m = &mounts[i];
		int there;

		mkdir(m->where, 0755);
		there = mounted(m->where);
		if (there > 0)
			continue;
		if (there < 0)
			return fetch_fail(&b->error, CODE_BOOT, "%s: %s",
					  m->where, strerror(-there));
		if (mount(m->type, m->where, m->type, m->flags, m->options))
			return fetch_fail(&b->error, CODE_BOOT,
					  "%s: mount of %s: %s", m->where,
					  m->type, strerror(errno));
	}
	return 0;
}

static void unkillable(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	/* a build host's container may refuse; a machine does not */
	if (fd < 0)
		return;
	file_put(fd, "-1000", 5);
	close(fd);
}

static int read_cmdline(struct boot *b)
{
	struct span line = {b->cmdline, 0};
	int n = file_read_line("/proc/cmdline", b->cmdline, sizeof(b->cmdline));

	if (n < 0)
		return fetch_fail(&b->error, CODE_BOOT, "/proc/cmdline: %s",
				  strerror(-n));
	line.n = n;
	n = bootargs_parse(&b->args, line);
	if (n)
		return fetch_fail(&b->error, CODE_BOOT,
				  "/proc/cmdline: longer than %u bytes",
				  BOOTARGS_MAX);
	for (unsigned int i = 0; i < b->args.n_notes; i++)
		console_say("command line: %.*s: %s",
			    (int)b->args.notes[i].word.n,
			    b->args.notes[i].word.p, b->args.notes[i].why);
	return 0;
}

int early_mounts(struct boot *b)
{
	int ret;

	umask(022);
	ret = mount_all(b);
	console_open();
	if (ret)
		return ret;
	unkillable();
	b->seed = sys_seed();
	if (mkdir(BOOT_FACTS, 0755) && errno != EEXIST)
		return fetch_fail(&b->error, CODE_BOOT, "%s: %s", BOOT_FACTS,
				  strerror(errno));
	return read_cmdline(b);
}

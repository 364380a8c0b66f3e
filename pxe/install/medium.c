// SPDX-License-Identifier: MIT
/*
 * medium.c - disks, sticks and CDs by their label. Not by libblkid: it passes
 * over a disk that has partitions, as a stick with an ISO on it does.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "medium.h"

#define BLOCK "/sys/class/block"
#define FLAGS (MS_RDONLY | MS_NODEV | MS_NOSUID | MS_NOEXEC)

static char *mounted;

bool medium_read(const char *dev, struct fslabel *l)
{
	static uint8_t head[FSLABEL_HEAD];
	int fd = open(dev, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return false;
	n = pread(fd, head, sizeof(head), 0);
	close(fd);
	return n > 0 && !fslabel_parse(l, head, n);
}

char *medium_label(const char *from)
{
	if (!from || strncmp(from, "LABEL=", 6))
		return NULL;
	return xasprintf("%.*s", (int)strcspn(from + 6, ":"), from + 6);
}

void medium_close(void)
{
	if (mounted) {
		umount2(mounted, MNT_DETACH);
		rmdir(mounted);
		free(mounted);
		mounted = NULL;
	}
}

/* The first of that label that mounts: a hybrid image is a disk and a
 * partition of it. -ENOENT when there is none. */
static int mount_first(const char *label)
{
	DIR *d = opendir(BLOCK);
	struct dirent *e;
	int ret = -ENOENT;

	while (d && ret && (e = readdir(d))) {
		char *dev = xasprintf("/dev/%s", e->d_name);
		struct fslabel l;

		if (e->d_name[0] != '.' && medium_read(dev, &l) &&
		    !strcmp(l.label, label))
			ret = mount(dev, mounted, l.type, FLAGS, NULL) ? -errno
								       : 0;
		free(dev);
	}
	if (d)
		closedir(d);
	return ret;
}

char *medium_open(const char *from)
{
	char *label = medium_label(from), *dir;
	const char *colon = strchr(from, ':');
	int ret;

	mounted = xstrdup("/tmp/slipway-medium.XXXXXX");
	if (!mkdtemp(mounted))
		die("%s:", mounted);
	atexit(medium_close);
	ret = mount_first(label);
	errno = -ret;
	if (ret == -ENOENT)
		die("medium %s: no disk of that label", label);
	if (ret)
		die("medium %s: mount:", label);
	dir = xasprintf("%s%s", mounted, colon ? colon + 1 : "/slipway");
	if (!colon && access(dir, F_OK)) {
		free(dir);
		dir = xstrdup(mounted);
	}
	free(label);
	return dir;
}

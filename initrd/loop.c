// SPDX-License-Identifier: MIT
/* loop.c - loop devices, by LOOP_CONFIGURE or the two calls before it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "loop.h"

#define LOOP_MAJOR 7
#define TRIES	   64
#define FLAGS	   (LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR)

static int free_device(void)
{
	int ctl = open("/dev/loop-control", O_RDWR | O_CLOEXEC), n;

	if (ctl < 0)
		return -errno;
	n = ioctl(ctl, LOOP_CTL_GET_FREE, NULL);
	if (n < 0)
		n = -errno;
	close(ctl);
	return n;
}

static int open_device(int n, char path[32])
{
	int fd;

	snprintf(path, 32, "/dev/loop%d", n);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 || errno != ENOENT)
		return fd < 0 ? -errno : fd;
	/* a /dev that is no devtmpfs does not fill itself */
	if (mknod(path, S_IFBLK | 0600, makedev(LOOP_MAJOR, n)))
		return -errno;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int bind_file(int dev, int file)
{
	struct loop_config c = {
		.fd = file,
		.info.lo_flags = FLAGS,
	};

	if (!ioctl(dev, LOOP_CONFIGURE, &c))
		return 0;
	if (errno != EINVAL && errno != ENOTTY)
		return -errno;
	/* ioctl takes a pointer here where the kernel takes a number */
	if (ioctl(dev, LOOP_SET_FD, (void *)(long)file))
		return -errno;
	if (ioctl(dev, LOOP_SET_STATUS64, &c.info)) {
		int err = errno;

		ioctl(dev, LOOP_CLR_FD, NULL);
		return -err;
	}
	return 0;
}

int loop_attach(int file, char path[32])
{
	int ret = -EBUSY;

	/* between the question and the answer others may take the device */
	for (int i = 0; i < TRIES && ret == -EBUSY; i++) {
		int n = free_device(), dev;

		if (n < 0)
			return n;
		dev = open_device(n, path);
		if (dev < 0)
			return dev;
		ret = bind_file(dev, file);
		if (!ret)
			return dev;
		close(dev);
	}
	return ret;
}

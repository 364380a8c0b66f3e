// SPDX-License-Identifier: MIT
/* disk.c - writes that survive a power cut. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "disk.h"
#include "host/alloc.h"
#include "host/error.h"

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		die("%s:", path);
	return fd;
}

static void write_all(int fd, const char *path, const char *p, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = pwrite(fd, p + done, size - done, (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			die("%s: write:", path);
		done += (size_t)n;
	}
	if (fsync(fd) || close(fd))
		die("%s: flush:", path);
}

static void flush_folder_of(const char *path)
{
	char *copy = xstrdup(path);

	disk_flush(dirname(copy));
	free(copy);
}

void disk_put(const char *path, const void *p, size_t size)
{
	write_all(open_or_die(path, O_WRONLY | O_CREAT | O_TRUNC), path, p,
		  size);
}

void disk_overwrite(const char *path, const void *p, size_t size)
{
	struct stat st;

	if (!stat(path, &st) && st.st_size >= (off_t)size) {
		write_all(open_or_die(path, O_WRONLY), path, p, size);
		return;
	}
	disk_put(path, p, size);
	flush_folder_of(path);
}

void disk_flush(const char *path)
{
	int fd = open_or_die(path, O_RDONLY);

	if (fsync(fd))
		die("%s: flush:", path);
	close(fd);
}

/* Freezing the file system that somebody's root is on would be too much. */
static bool own_mount(int fd)
{
	struct stat here, above;

	return !fstat(fd, &here) && !fstatat(fd, "..", &above, 0) &&
	       here.st_dev != above.st_dev;
}

void disk_settle(const char *mount)
{
	int fd = open_or_die(mount, O_RDONLY | O_DIRECTORY);

	if (syncfs(fd))
		die("%s: flush:", mount);
	if (own_mount(fd) && !ioctl(fd, FIFREEZE, 0) && ioctl(fd, FITHAW, 0))
		die("%s: thaw:", mount);
	close(fd);
}

void disk_thaw(const char *mount)
{
	int fd = open_or_die(mount, O_RDONLY | O_DIRECTORY);

	/* EINVAL: it was not frozen */
	if (own_mount(fd))
		ioctl(fd, FITHAW, 0);
	close(fd);
}

uint64_t disk_room(const char *path)
{
	struct statvfs v;

	if (statvfs(path, &v))
		die("%s:", path);
	return (uint64_t)v.f_bavail * v.f_frsize;
}

// SPDX-License-Identifier: MIT
/*
 * handover_root.c - files of the new root, which holds whatever was signed:
 * its symbolic links end inside it. Writing lands in the writable layer.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"
#include "handover.h"
#include "sys.h"

#define UNITS "etc/systemd/system"

static int open_dir(int root, const char *path)
{
	return sys_openat2_in_root(root, path,
				   O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool handover_root_has(int root, const char *path)
{
	int fd = sys_openat2_in_root(root, path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* A unit is masked by a link to /dev/null, or by an empty file. */
static bool masked(int root, const char *unit)
{
	int dir = open_dir(root, UNITS), fd;
	struct stat st;
	bool there, is = false;

	if (dir < 0)
		return false;
	there = !fstatat(dir, unit, &st, AT_SYMLINK_NOFOLLOW);
	close(dir);
	if (there && S_ISLNK(st.st_mode)) {
		char path[HANDOVER_PATH_MAX];

		snprintf(path, sizeof(path), UNITS "/%s", unit);
		fd = sys_openat2_in_root(root, path, O_PATH | O_CLOEXEC);
		is = fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode);
		if (fd >= 0)
			close(fd);
	}
	return is || (there && S_ISREG(st.st_mode) && !st.st_size);
}

bool handover_root_enabled(int root, const char *unit)
{
	static const char *const wants[] = {
		UNITS "/multi-user.target.wants",
		UNITS "/network-online.target.wants",
		UNITS "/network.target.wants",
		UNITS "/sysinit.target.wants",
	};
	char path[HANDOVER_PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++) {
		snprintf(path, sizeof(path), "%s/%s", wants[i], unit);
		if (handover_root_has(root, path))
			return !masked(root, unit);
	}
	return false;
}

int handover_root_read(int root, const char *path, char *buf, size_t size)
{
	/* not a device, and never waiting for a fifo's other end */
	int fd = sys_openat2_in_root(root, path,
				     O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	ssize_t n = 0;

	if (fd < 0)
		return fd;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		n = file_get_at(fd, buf, size - 1, 0);
	close(fd);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

/* The directory @path, with those above it made where they are missing. */
static int make_dirs(int root, const char *path)
{
	char part[HANDOVER_PATH_MAX];
	int dir = -ENOENT, above;

	for (size_t n = 0; !n || path[n - 1]; n++) {
		if (path[n] && path[n] != '/')
			continue;
		if (n >= sizeof(part))
			return -ENAMETOOLONG;
		memcpy(part, path, n);
		part[n] = '\0';
		above = dir;
		dir = open_dir(root, part);
		if (dir == -ENOENT) {
			const char *slash = strrchr(part, '/');

			mkdirat(above < 0 ? root : above,
				slash ? slash + 1 : part, 0755);
			dir = open_dir(root, part);
		}
		if (above >= 0)
			close(above);
		if (dir < 0)
			return dir;
	}
	return dir;
}

static int put_in(int dir, const char *name, struct span text,
		  unsigned int mode)
{
	char tmp[HANDOVER_NAME_MAX + 8];
	int fd, ret;

	snprintf(tmp, sizeof(tmp), ".%s.new", name);
	fd = openat(dir, tmp,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	ret = file_put(fd, text.p, text.n);
	close(fd);
	if (!ret && renameat(dir, tmp, dir, name))
		ret = -errno;
	if (ret)
		unlinkat(dir, tmp, 0);
	return ret;
}

int handover_root_put(int root, const char *dir, const char *name,
		      struct span text, unsigned int mode)
{
	int fd = make_dirs(root, dir), ret;

	if (fd < 0)
		return fd;
	ret = put_in(fd, name, text, mode);
	close(fd);
	return ret;
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t n = strlen(name), k = strlen(suffix);

	return n >= k && n < HANDOVER_NAME_MAX && name[0] != '.' &&
	       !strcmp(name + n - k, suffix);
}

int handover_root_list(int root, const char *dir, const char *suffix,
		       unsigned int nth, char name[HANDOVER_NAME_MAX])
{
	char buf[2048] __attribute__((aligned(8)));
	int fd = open_dir(root, dir), have;

	if (fd < 0)
		return fd;
	while ((have = getdents(fd, (struct dirent *)buf, sizeof(buf))) > 0) {
		const struct dirent *e;

		for (int at = 0; at < have; at += e->d_reclen) {
			e = (const struct dirent *)(buf + at);
			if (!ends_with(e->d_name, suffix) || nth--)
				continue;
			strlcpy(name, e->d_name, HANDOVER_NAME_MAX);
			close(fd);
			return 0;
		}
	}
	close(fd);
	return have < 0 ? -EIO : -ENOENT;
}

// SPDX-License-Identifier: MIT
/* file.c - small files whole. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"

ssize_t file_get(int fd, void *p, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, p, size);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

ssize_t file_get_at(int fd, void *p, size_t size, uint64_t at)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = pread(fd, (char *)p + have, size - have, at + have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		have += n;
	}
	return have;
}

int file_read(const char *path, void *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n;
	int ret = -EOVERFLOW;

	if (fd < 0)
		return -errno;
	while (have < size) {
		n = file_get(fd, (char *)buf + have, size - have);
		if (n < 0) {
			ret = n;
			break;
		}
		if (!n) {
			((char *)buf)[have] = '\0';
			ret = have;
			break;
		}
		have += n;
	}
	close(fd);
	return ret;
}

int file_read_line(const char *path, char *buf, size_t size)
{
	int n = file_read(path, buf, size);

	while (n > 0 && (buf[n - 1] == '\n' || buf[n - 1] == ' '))
		buf[--n] = '\0';
	return n;
}

int file_put(int fd, const void *p, size_t size)
{
	const char *c = p;

	while (size) {
		ssize_t n = write(fd, c, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		c += n;
		size -= n;
	}
	return 0;
}

int file_write(const char *path, const void *p, size_t size, unsigned int mode)
{
	char tmp[256];
	int fd, ret;

	ret = snprintf(tmp, sizeof(tmp), "%s.new", path);
	if (ret < 0 || (size_t)ret >= sizeof(tmp))
		return -EOVERFLOW;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		  mode);
	if (fd < 0)
		return -errno;
	ret = file_put(fd, p, size);
	close(fd);
	if (!ret && rename(tmp, path))
		ret = -errno;
	if (ret)
		unlink(tmp);
	return ret;
}

// SPDX-License-Identifier: MIT
/*
 * uevent.c - the kernel's uevents, by netlink: "ACTION@PATH", NUL, and then
 * KEY=VALUE each with its NUL (kobject_uevent(9)).
 */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "uevent.h"

#define KERNEL_GROUP 1
#define QUEUE_BYTES  (1 << 20) /* thousands of devices at once */

int uevent_open(void)
{
	struct sockaddr_nl sa = {.nl_family = AF_NETLINK,
				 .nl_groups = KERNEL_GROUP};
	int size = QUEUE_BYTES, err;
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC,
			NETLINK_KOBJECT_UEVENT);

	if (fd < 0)
		return -errno;
	/* the small default only makes a look at all devices likelier */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (!bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* The value of MODALIAS in an "add" of @n bytes, or NULL. */
static const char *alias_of(const char *p, size_t n)
{
	static const char key[] = "MODALIAS=";
	const char *end = p + n;

	if (strncmp(p, "add@", 4))
		return NULL;
	for (; p < end; p += strlen(p) + 1)
		if (!strncmp(p, key, sizeof(key) - 1))
			return p + sizeof(key) - 1;
	return NULL;
}

int uevent_next(int fd, char *alias, size_t size)
{
	static char text[UEVENT_MAX + 1];
	struct sockaddr_nl from;
	socklen_t len = sizeof(from);
	const char *found;
	ssize_t n;

	for (;;) {
		n = recvfrom(fd, text, UEVENT_MAX, MSG_DONTWAIT,
			     (struct sockaddr *)&from, &len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		/* other processes may write to the group too */
		if (len != sizeof(from) || from.nl_pid)
			continue;
		text[n] = '\0';
		found = alias_of(text, n);
		if (found && strlen(found) < size)
			return strlcpy(alias, found, size);
	}
}

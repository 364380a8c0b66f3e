/* SPDX-License-Identifier: MIT */
/* child.c - starts a child in namespaces and waits for what it found. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "host/error.h"
#include "child.h"

static void loopback_up(void)
{
	struct ifreq r = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &r))
		die("loopback:");
	close(fd);
}

/* Everything mounted from here on is ours alone and ends with us. */
static void setup(int to_parent)
{
	struct pollfd p = {.fd = to_parent};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		die("prctl:");
	/* the parent may have been gone before it could be tied to us */
	if (poll(&p, 1, 0) < 0 || p.revents & POLLERR)
		die("the parent is gone");
	/* EINVAL: in a chroot "/" is no mount; mounts_work() then does */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	    errno != EINVAL)
		die("/: cannot make the mounts private:");
	if (sethostname("slipway", 7))
		die("host name:");
	umask(022);
}

static pid_t start(bool net)
{
	unsigned long flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS |
			      CLONE_NEWIPC | SIGCHLD;

	fflush(NULL);
	return syscall(SYS_clone, flags | (net ? CLONE_NEWNET : 0), NULL, NULL,
		       NULL, NULL);
}

int child_run(const struct child *c)
{
	int p[2], status;
	ssize_t got;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC))
		die("pipe:");
	pid = start(c->net);
	if (pid < 0)
		die("cannot make namespaces:");
	if (!pid) {
		close(p[0]);
		setup(p[1]);
		if (c->net)
			loopback_up();
		c->inside(c->user);
		if (write(p[1], c->result, c->size) != (ssize_t)c->size)
			die("result:");
		_exit(0);
	}
	close(p[1]);
	got = read(p[0], c->result, c->size);
	close(p[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("wait:");
	/* what a shared parent mount let through, in a chroot */
	umount2(c->work, MNT_DETACH | UMOUNT_NOFOLLOW);
	if (WIFSIGNALED(status))
		warn("%s was killed by signal %d", c->what, WTERMSIG(status));
	return got == (ssize_t)c->size && !status ? 0 : -1;
}

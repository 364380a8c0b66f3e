/* SPDX-License-Identifier: MIT */
/* build.c - the table of contents of a build, and the child it happens in. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "aids.h"
#include "apt.h"
#include "build.h"
#include "capture.h"
#include "check.h"
#include "files.h"
#include "mounts.h"
#include "pack.h"
#include "phase.h"
#include "record.h"
#include "sources.h"

static void run_phases(const struct build *b)
{
	phase_run(b, "extra-data");
	phase_run(b, "pre-install");
	apt_install(b);
	phase_run(b, "install");
	files_copy(b);
	files_first_boot(b);
	phase_run(b, "post-install");
	phase_run(b, "cleanup");
	record_write(b);
	phase_run(b, "finalise");
}

static void build_inside(const struct build *b, struct outfile *o,
			 struct info *i)
{
	char *lowers[BUILD_LOWERS_MAX];
	uint8_t digest[DIGEST_SIZE];
	struct capture c;
	size_t n;

	mounts_work(b);
	n = mounts_lowers(b, lowers);
	aids_make(b, lowers, n);
	mounts_union(b, lowers, n);
	sources_place(b->sources, "sources");
	mounts_inside(b);
	run_phases(b);
	mounts_leave(b);
	aids_forget(b, lowers, n);
	capture_tree(&c, "upper", b->base->epoch);
	check_capture(&c, (const char *const *)lowers, n, b->role->grants);
	if (digest_unhex(text_span(b->base->digest), digest))
		die("base %s: digest is not one", b->base->name);
	pack_write(&c, digest, o, i);
}

/* Everything mounted from here on is ours alone and ends with us. */
static void child_setup(int to_parent)
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

static pid_t start_child(void)
{
	unsigned long flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS |
			      CLONE_NEWIPC | SIGCHLD;

	fflush(NULL);
	return syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
}

int build_overlay(struct build *b, struct outfile *o, struct info *i)
{
	int p[2], status;
	ssize_t got;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC))
		die("pipe:");
	pid = start_child();
	if (pid < 0)
		die("cannot make namespaces:");
	if (!pid) {
		close(p[0]);
		child_setup(p[1]);
		build_inside(b, o, i);
		if (write(p[1], i, sizeof(*i)) != sizeof(*i))
			die("result:");
		_exit(0);
	}
	close(p[1]);
	got = read(p[0], i, sizeof(*i));
	close(p[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("wait:");
	/* what a shared parent mount let through, in a chroot */
	umount2(b->work, MNT_DETACH | UMOUNT_NOFOLLOW);
	if (WIFSIGNALED(status))
		warn("role %s: the build was killed by signal %d",
		     b->role->name, WTERMSIG(status));
	return got == sizeof(*i) && !status ? 0 : -1;
}

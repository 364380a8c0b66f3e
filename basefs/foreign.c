/* SPDX-License-Identifier: MIT */
/*
 * foreign.c - hooks and maintainer scripts of another architecture run through
 * qemu-user, or not at all.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host/error.h"
#include "host/spawn.h"
#include "foreign.h"

/* What this machine's own packages are for. */
static bool is_own(const char *arch)
{
	const char *const argv[] = {"dpkg", "--print-architecture", NULL};
	int p[2];
	struct spawn s = {.argv = argv, .in = -1, .err = -1};
	char *said;
	bool own;

	if (pipe2(p, O_CLOEXEC))
		die("pipe:");
	s.out = p[1];
	if (spawn_start(&s))
		die("dpkg: cannot start:");
	close(p[1]);
	said = spawn_tail(p[0], -1, 1);
	close(p[0]);
	spawn_wait(&s);
	said[strcspn(said, "\n")] = '\0';
	own = !strcmp(said, arch);
	free(said);
	return own;
}

void foreign_check(const struct recipe *r)
{
	const char *const argv[] = {"arch-test", r->arch, NULL};
	struct spawn s = {.argv = argv, .in = -1, .err = -1};

	if (is_own(r->arch))
		return;
	/* mmdebstrap asks it too, and late */
	spawn_need("arch-test", "arch-test");
	s.out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	s.err = s.out;
	if (spawn_run(&s))
		die("base %s: arch = %s: this machine cannot run its programs; apt-get install qemu-user-static binfmt-support",
		    r->name, r->arch);
	close(s.out);
}

// SPDX-License-Identifier: MIT
/*
 * userns.c - root's work without being root.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "host/userns.h"

#define FILE_MAX (1u << 20)
#define IDS_MIN	 65535u /* 1..65535; 65534 is nobody */
#define IDS_MAX	 (UINT32_MAX - 2)

struct range {
	uint64_t start, count;
};

/* "NAME-OR-UID:START:COUNT" of subuid(5), the largest of this person. */
static void subid_line(struct span line, const char *user, const char *uid,
		       struct range *best)
{
	char *text = xasprintf("%.*s", (int)line.n, line.p), *at = text;
	const char *who = strsep(&at, ":"), *start = strsep(&at, ":");
	struct range r;

	if (start && at && (!strcmp(who, user) || !strcmp(who, uid)) &&
	    !text_u64(text_span(start), &r.start) &&
	    !text_u64(text_span(at), &r.count) && r.start &&
	    r.start <= IDS_MAX && r.count <= IDS_MAX - r.start &&
	    r.count > best->count)
		*best = r;
	free(text);
}

static struct range subids(const char *path, const char *user)
{
	char *uid = xasprintf("%u", getuid());
	struct range best = {0};
	size_t size = 0;
	char *text = outfile_slurp(path, FILE_MAX, &size);
	struct span rest = {text, size}, line;
	bool whole;

	while (text && text_line(&rest, &line, &whole))
		subid_line(line, user, uid, &best);
	free(text);
	free(uid);
	if (best.count >= IDS_MIN)
		return best;
	die("%s: no 65536 ids for %s: as root, 'usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s' (ids that nobody has), or build as root",
	    path, user, user);
}

/* newuidmap or newgidmap, which may do for @pid what only root may. */
static void map(const char *prog, pid_t pid, unsigned int own,
		const struct range *r)
{
	char text[4][24];
	const char *const argv[] = {prog, text[0], "0",	    text[1], "1",
				    "1",  text[2], text[3], NULL};
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};
	int status;

	snprintf(text[0], sizeof(text[0]), "%d", pid);
	snprintf(text[1], sizeof(text[1]), "%u", own);
	snprintf(text[2], sizeof(text[2]), "%llu",
		 (unsigned long long)r->start);
	snprintf(text[3], sizeof(text[3]), "%llu",
		 (unsigned long long)r->count);
	status = spawn_run(&s);
	if (status)
		die("%s: exit status %d: cannot map this user's ids; build as root",
		    prog, status);
}

/* From outside, when the namespace is there: a child of ours that stays. */
static pid_t start_mapper(const int go[2], const struct range *uids,
			  const struct range *gids)
{
	pid_t us = getpid(), pid = fork();
	char byte;

	if (pid < 0)
		die("fork:");
	if (pid)
		return pid;
	/* ours would keep the pipe open when the other one is gone */
	close(go[1]);
	if (read(go[0], &byte, 1) != 1)
		_exit(EXIT_FAILED);
	map("newuidmap", us, getuid(), uids);
	map("newgidmap", us, getgid(), gids);
	_exit(EXIT_DONE);
}

static void refuse(void)
{
	const char *cure =
		errno == ENOSPC
			? "sysctl user.max_user_namespaces is too small"
			: "sysctl kernel.unprivileged_userns_clone=1 or "
			  "kernel.apparmor_restrict_unprivileged_userns=0 "
			  "allows it";

	die("user namespaces are forbidden here: %s; or build as root:", cure);
}

void userns_enter(void)
{
	struct range uids, gids;
	struct passwd *pw;
	int go[2], status = 0;
	pid_t mapper;

	if (!geteuid())
		return;
	spawn_need("newuidmap", "uidmap");
	pw = getpwuid(getuid());
	uids = subids("/etc/subuid", pw ? pw->pw_name : "");
	gids = subids("/etc/subgid", pw ? pw->pw_name : "");
	if (pipe(go))
		die("pipe:");
	mapper = start_mapper(go, &uids, &gids);
	close(go[0]);
	if (unshare(CLONE_NEWUSER))
		refuse();
	if (write(go[1], "", 1) != 1)
		die("pipe:");
	close(go[1]);
	while (waitpid(mapper, &status, 0) < 0)
		if (errno != EINTR)
			die("wait:");
	if (status)
		exit(EXIT_FAILED);
	if (setresgid(0, 0, 0) || setresuid(0, 0, 0))
		die("user namespace: cannot become root in it:");
}

char *userns_maps(void)
{
	char *uid = outfile_slurp("/proc/self/uid_map", FILE_MAX, NULL);
	char *gid = outfile_slurp("/proc/self/gid_map", FILE_MAX, NULL);
	char *both;

	if (!uid || !gid)
		die("/proc/self/uid_map:");
	both = xasprintf("%s/%s", uid, gid);
	free(uid);
	free(gid);
	return both;
}

bool userns_inside(void)
{
	char *text = outfile_slurp("/proc/self/uid_map", FILE_MAX, NULL);
	unsigned long in = 1, out = 1, n = 0;
	bool all;

	/* the machine's own maps every id to itself */
	all = !text || (sscanf(text, "%lu %lu %lu", &in, &out, &n) == 3 &&
			!in && !out && n == UINT32_MAX);
	free(text);
	return !all;
}

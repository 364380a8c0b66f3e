// SPDX-License-Identifier: MIT
/*
 * pieces.c - programs that roles brought into this initrd (slipway initrd
 * --roles), run once it is known which roles this machine has: one after the
 * other, those of the lowest overlay first. They are in the initrd's own list,
 * which the sentinel has proven.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "boot.h"
#include "console.h"
#include "fetch/clock.h"
#include "modules.h"
#include "sys.h"

#define PIECES_DIR "/slipway/init.d"
#define PIECES_MAX 32 /* of one role */
#define PIECE_MS   (600 * 1000u)
#define POLL_MS	   10

static char names[PIECES_MAX][TEXT_NAME_MAX + 1];

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Those in @dir, sorted; none when it is not there, -1 when too many. */
static int list(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int n = 0;

	while (d && n >= 0 && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		if (n == PIECES_MAX ||
		    text_copy(names[n], sizeof(names[0]), text_span(e->d_name)))
			n = -1;
		else
			n++;
	}
	if (d)
		closedir(d);
	if (n > 0)
		qsort(names, n, sizeof(names[0]), by_name);
	return n;
}

static void become(char *path, const char *role)
{
	char role_is[sizeof("SLIPWAY_ROLE=") + TEXT_NAME_MAX];
	char *const argv[] = {path, NULL};
	char *const env[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
			     "/usr/bin:/sbin:/bin",
			     "HOME=/", role_is, NULL};

	snprintf(role_is, sizeof(role_is), "SLIPWAY_ROLE=%s", role);
	setsid();
	sys_close_from(3);
	execve(path, argv, env);
	_exit(127);
}

/* The wait status of @pid, or -ETIMEDOUT; nothing of its group is left. */
static int wait_for(pid_t pid, int *status)
{
	uint64_t end = clock_ms() + PIECE_MS;
	int ret = 0;
	pid_t got;

	while ((got = waitpid(pid, status, WNOHANG)) != pid) {
		if (got < 0 && errno != EINTR)
			return -errno;
		if (clock_ms() >= end) {
			ret = -ETIMEDOUT;
			kill(-pid, SIGKILL);
			while (waitpid(pid, status, 0) < 0 && errno == EINTR)
				;
			break;
		}
		sys_sleep_ms(POLL_MS);
	}
	kill(-pid, SIGKILL);
	return ret;
}

static int failed(struct boot *b, const char *role, const char *name,
		  const char *what, int number)
{
	return fetch_fail(&b->error, CODE_PIECE, "init.d/%s of role %s: %s %d",
			  name, role, what, number);
}

static int run(struct boot *b, char *dir, const char *role, const char *name)
{
	char path[sizeof(PIECES_DIR) + 2 * (TEXT_NAME_MAX + 1)];
	int status = 0, ret;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	console_say("init.d/%s of role %s", name, role);
	pid = fork();
	if (!pid)
		become(path, role);
	if (pid < 0)
		return failed(b, role, name, "cannot start, error", errno);
	ret = wait_for(pid, &status);
	if (ret == -ETIMEDOUT)
		return failed(b, role, name, "not done in seconds",
			      PIECE_MS / 1000);
	if (ret)
		return failed(b, role, name, "lost, error", -ret);
	if (WIFSIGNALED(status))
		return failed(b, role, name, "killed by signal",
			      WTERMSIG(status));
	return WEXITSTATUS(status) ? failed(b, role, name, "exit status",
					    WEXITSTATUS(status))
				   : 0;
}

/* Those of the role that made the overlay @name. */
static int of_role(struct boot *b, struct span name)
{
	char role[TEXT_NAME_MAX + 1];
	char dir[sizeof(PIECES_DIR) + TEXT_NAME_MAX + 1];
	int n, ret = 0;

	if (text_copy(role, sizeof(role), name))
		return 0;
	snprintf(dir, sizeof(dir), PIECES_DIR "/%s", role);
	n = list(dir);
	if (n < 0)
		return failed(b, role, "*", "more of them than", PIECES_MAX);
	for (int i = 0; i < n && !ret; i++)
		ret = run(b, dir, role, names[i]);
	return ret;
}

int pieces_run(struct boot *b)
{
	int ret;

	if (access(PIECES_DIR, F_OK))
		return 0;
	/* drivers of what the programs are for */
	ret = modules_join(b);
	for (unsigned int i = 0; i < b->role->n_overlays && !ret; i++)
		ret = of_role(b, b->manifest.layers[b->role->overlays[i]].name);
	return ret;
}

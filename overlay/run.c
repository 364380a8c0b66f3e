/* SPDX-License-Identifier: MIT */
/* run.c - runs a program of the build and keeps what it said. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"
#include "run.h"

static void enter(const char *root)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int s = 1; s < 32; s++)
		signal(s, SIG_DFL);
	if (root && (chroot(root) || chdir("/"))) {
		warn("%s:", root);
		_exit(126);
	}
}

static void child(const struct run *r, int in, int out)
{
	enter(r->root);
	if (out >= 0 &&
	    (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0))
		_exit(126);
	execvpe(r->argv[0], (char *const *)r->argv, r->env);
	dprintf(2, "%s: %s\n", r->argv[0], strerror(errno));
	_exit(127);
}

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static int wait_for(pid_t pid)
{
	int status;
	pid_t got;

	/* orphans become ours too: take them all until it is the one */
	while ((got = waitpid(-1, &status, 0)) != pid)
		if (got < 0 && errno != EINTR)
			die("wait:");
	return status_of(status);
}

/* A daemon that a hook left would hold the log and the union open. */
static void kill_rest(void)
{
	if (getpid() != 1)
		die("not in a process namespace of our own");
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

int run_wait(struct run *r)
{
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC), status;
	off_t start = lseek(r->log, 0, SEEK_END);
	pid_t pid;

	if (in < 0 || start < 0)
		die("log:");
	pid = fork();
	if (pid < 0)
		die("fork:");
	if (!pid)
		child(r, in, r->log);
	close(in);
	status = wait_for(pid);
	kill_rest();
	if (lseek(r->log, start, SEEK_SET) < 0)
		die("log:");
	r->tail = spawn_tail(r->log, -1, RUN_TAIL);
	return status;
}

int run_tty(const struct run *r)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("fork:");
	if (!pid)
		child(r, -1, -1);
	status = wait_for(pid);
	kill_rest();
	return status;
}

int run_inside(const char *root, void (*fn)(void *), void *user)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork:");
	if (!pid) {
		enter(root);
		fn(user);
		_exit(0);
	}
	return wait_for(pid);
}

char *run_why(int status)
{
	if (status > 255)
		return xasprintf("killed by signal %d", status - 256);
	return xasprintf("exit status %d", status);
}

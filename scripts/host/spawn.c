// SPDX-License-Identifier: MIT
/*
 * spawn.c - run another program without a shell.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"

static void child(struct spawn *s, char **env, int report)
	__attribute__((noreturn));

/* EINVAL: in a chroot "/" is no mount, and nothing of ours gets out of it. */
static int set_apart(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	    errno != EINVAL)
		return -1;
	return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		     NULL);
}

/* Ours, but for what @more has as well. Made before there is a child: one that
 * was cloned while other threads run must not touch memory's locks. */
static char **environment(const char *const *more)
{
	size_t n = 0, k = 0, i;
	char **env;

	while (environ[n])
		n++;
	for (i = 0; more && more[i]; i++)
		;
	env = xcalloc(n + i + 1, sizeof(*env));
	for (i = 0; more && more[i]; i++)
		env[k++] = (char *)more[i];
	for (n = 0; environ[n]; n++) {
		size_t len = strcspn(environ[n], "=") + 1;

		for (i = 0; more && more[i]; i++)
			if (!strncmp(more[i], environ[n], len))
				break;
		if (!more || !more[i])
			env[k++] = environ[n];
	}
	return env;
}

static pid_t start(const struct spawn *s)
{
	if (!s->apart)
		return fork();
	fflush(NULL);
	return syscall(SYS_clone, CLONE_NEWNS | CLONE_NEWPID | SIGCHLD, NULL,
		       NULL, NULL, NULL);
}

static void child(struct spawn *s, char **env, int report)
{
	int in = s->in, err;

	/* the parent's death must not leave a build running */
	prctl(PR_SET_PDEATHSIG, s->apart ? SIGKILL : SIGTERM);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (s->apart && set_apart())
		goto failed;
	if (in < 0)
		in = open("/dev/null", O_RDONLY);
	if (dup2(in, 0) < 0 || (s->out >= 0 && dup2(s->out, 1) < 0) ||
	    (s->err >= 0 && dup2(s->err, 2) < 0))
		goto failed;
	if (s->dir && chdir(s->dir))
		goto failed;
	execvpe(s->argv[0], (char *const *)s->argv, env);
failed:
	err = errno;
	if (write(report, &err, sizeof(err)) != sizeof(err))
		_exit(127);
	_exit(127);
}

int spawn_start(struct spawn *s)
{
	int report[2], err = 0;
	ssize_t n;

	char **env;

	if (pipe2(report, O_CLOEXEC))
		return -errno;
	env = environment(s->env);
	s->pid = start(s);
	if (s->pid == 0)
		child(s, env, report[1]);
	free(env);
	close(report[1]);
	if (s->pid < 0) {
		err = errno;
		close(report[0]);
		return -err;
	}
	do {
		n = read(report[0], &err, sizeof(err));
	} while (n < 0 && errno == EINTR);
	close(report[0]);
	if (n == sizeof(err)) {
		waitpid(s->pid, NULL, 0);
		return -err;
	}
	return 0;
}

int spawn_wait(struct spawn *s)
{
	int status;

	while (waitpid(s->pid, &status, 0) < 0)
		if (errno != EINTR)
			return 255;
	s->pid = 0;
	return WIFSIGNALED(status) ? 256 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

int spawn_run(struct spawn *s)
{
	int err = spawn_start(s);

	if (err) {
		errno = -err;
		die("%s: cannot start:", s->argv[0]);
	}
	return spawn_wait(s);
}

static bool in_path(const char *prog)
{
	const char *path = getenv("PATH");
	char *copy = xstrdup(path ? path : "/usr/bin:/bin"), *save, *dir;
	bool found = false;

	for (dir = strtok_r(copy, ":", &save); dir && !found;
	     dir = strtok_r(NULL, ":", &save)) {
		char *full = xasprintf("%s/%s", dir, prog);

		found = !access(full, X_OK);
		free(full);
	}
	free(copy);
	return found;
}

void spawn_need(const char *prog, const char *package)
{
	if (!in_path(prog))
		die("%s: not installed; apt-get install %s", prog, package);
}

/* The last lines of @text, as a copy. */
static char *last_lines(const char *text, size_t size, unsigned int lines)
{
	const char *at = text + size;

	if (at > text && at[-1] == '\n')
		at--;
	while (at > text && (at[-1] != '\n' || --lines))
		at--;
	return xasprintf("%.*s", (int)(text + size - at), at);
}

char *spawn_tail(int fd, int log, unsigned int lines)
{
	const size_t window = 64 << 10;
	char *buf = xmalloc(2 * window), *tail;
	size_t n = 0;
	ssize_t got;

	while ((got = read(fd, buf + n, window)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		if (log >= 0 && write(log, buf + n, got) != got)
			log = -1;
		n += got;
		if (n > window) {
			memmove(buf, buf + n - window, window);
			n = window;
		}
	}
	tail = last_lines(buf, n, lines);
	free(buf);
	return tail;
}

char *spawn_output(struct spawn *s, int *status)
{
	char *text = NULL, buf[16 << 10];
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	int p[2], err;
	ssize_t n;

	if (!f || pipe2(p, O_CLOEXEC))
		die("pipe:");
	s->out = p[1];
	err = spawn_start(s);
	close(p[1]);
	if (err) {
		errno = -err;
		die("%s: cannot start:", s->argv[0]);
	}
	while ((n = read(p[0], buf, sizeof(buf))) != 0)
		if (n > 0)
			fwrite(buf, 1, n, f);
		else if (errno != EINTR)
			break;
	close(p[0]);
	fclose(f);
	*status = spawn_wait(s);
	return text;
}

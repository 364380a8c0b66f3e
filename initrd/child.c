// SPDX-License-Identifier: MIT
/* child.c - start, watch and stop helper processes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "child.h"
#include "sys.h"

#define POLL_MS 10

pid_t child_start(char *const argv[], bool quiet)
{
	char *const env[] = {"PATH=/bin:/sbin", NULL};
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid < 0 ? -errno : pid;
	if (quiet && (fd = open("/dev/null", O_RDWR)) >= 0) {
		dup2(fd, 0);
		dup2(fd, 1);
		dup2(fd, 2);
	}
	sys_close_from(3);
	execve(argv[0], argv, env);
	_exit(127);
}

bool child_reap(pid_t pid)
{
	bool running = pid > 0;
	pid_t got;

	while ((got = waitpid(-1, NULL, WNOHANG)) > 0)
		if (got == pid)
			running = false;
	return running;
}

int child_stop(pid_t pid, uint64_t ms)
{
	uint64_t end = clock_ms() + ms;
	int status = 0;

	if (pid <= 0)
		return 0;
	kill(pid, SIGTERM);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (clock_ms() >= end) {
			kill(pid, SIGKILL);
			while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
				;
			break;
		}
		sys_sleep_ms(POLL_MS);
	}
	return status;
}

/* SPDX-License-Identifier: MIT */
/* stop.c - what a person's Ctrl-C does here. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "format/env.h"
#include "host/error.h"
#include "stop.h"

static atomic_int child, got;
static int told[2];

static void on_signal(int sig)
{
	const unsigned char byte = sig;
	int err = errno;

	if (write(told[1], &byte, 1) < 0)
		_exit(128 + sig);
	errno = err;
}

static void *react(void *unused)
{
	unsigned char sig;
	pid_t pid;

	while (read(told[0], &sig, 1) == 1) {
		got = sig;
		pid = child;
		if (!pid)
			exit(128 + sig);
		kill(pid, SIGKILL);
	}
	return NULL;
}

static void end_child(void)
{
	pid_t pid = child;

	if (!pid)
		return;
	child = 0;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void stop_watch(void)
{
	static const int fatal[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	pthread_t thread;
	int err;

	if (pipe2(told, O_CLOEXEC))
		die("pipe:");
	err = pthread_create(&thread, NULL, react, NULL);
	if (err) {
		errno = err;
		die("thread:");
	}
	pthread_detach(thread);
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		sigaction(fatal[i], &sa, NULL);
}

void stop_child(pid_t pid)
{
	static bool once;

	if (!once)
		atexit(end_child);
	once = true;
	child = pid;
}

int stop_signal(void)
{
	return got;
}

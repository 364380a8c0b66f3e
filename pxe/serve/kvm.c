// SPDX-License-Identifier: MIT
/*
 * kvm.c - does KVM work here?
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/clock.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/site.h"
#include "host/spawn.h"
#include "kvm.h"

#define PATIENCE_MS 5000
#define WORDS	    "Linux version"

/* Do the first words come out of @fd in time? */
static bool speaks(int fd)
{
	uint64_t end = clock_ms() + PATIENCE_MS, now;
	struct pollfd p = {fd, POLLIN, 0};
	char text[65536];
	size_t n = 0;
	ssize_t got;

	while ((now = clock_ms()) < end && n < sizeof(text)) {
		if (poll(&p, 1, end - now) <= 0)
			continue;
		got = read(fd, text + n, sizeof(text) - n);
		if (got <= 0)
			return false;
		n += got;
		if (memmem(text, n, WORDS, strlen(WORDS)))
			return true;
	}
	return false;
}

static bool trial(const char *vmlinuz)
{
	const char *const argv[] = {"qemu-system-x86_64",
				    "-nodefaults",
				    "-no-user-config",
				    "-machine",
				    "q35",
				    "-accel",
				    "kvm",
				    "-cpu",
				    "host",
				    "-m",
				    "256",
				    "-display",
				    "none",
				    "-serial",
				    "stdio",
				    "-no-reboot",
				    "-kernel",
				    vmlinuz,
				    "-append",
				    "console=ttyS0 earlyprintk=serial panic=-1",
				    NULL};
	int out[2], null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct spawn s = {.argv = argv, .in = -1, .err = null};
	bool good;

	if (pipe2(out, O_CLOEXEC))
		die("pipe:");
	s.out = out[1];
	if (spawn_start(&s))
		return false;
	close(out[1]);
	good = speaks(out[0]);
	kill(s.pid, SIGKILL);
	spawn_wait(&s);
	close(out[0]);
	close(null);
	return good;
}

/* Where the answer is kept while this boot of the host lasts. */
static char *cache_path(void)
{
	const char *cache = getenv("CACHE"), *home = getenv("HOME");
	const char *xdg = getenv("XDG_CACHE_HOME");
	char *boot = outfile_slurp("/proc/sys/kernel/random/boot_id", 64, NULL);
	char *dir, *path;

	if (!boot)
		return NULL;
	boot[strcspn(boot, "\n")] = '\0';
	if (cache && *cache)
		dir = xstrdup(cache);
	else if (xdg && *xdg)
		dir = xasprintf("%s/slipway", xdg);
	else
		dir = xasprintf("%s/.cache/slipway", home ? home : "/root");
	site_mkdirs(dir);
	path = xasprintf("%s/kvm-probe-%s", dir, boot);
	free(dir);
	free(boot);
	return path;
}

bool kvm_works(const char *vmlinuz)
{
	char *path, *text;
	bool good;

	if (access("/dev/kvm", R_OK | W_OK))
		return false;
	path = cache_path();
	text = path ? outfile_slurp(path, 16, NULL) : NULL;
	if (text) {
		good = !strcmp(text, "yes\n");
	} else {
		info("trying KVM");
		good = trial(vmlinuz);
		text = xstrdup(good ? "yes\n" : "no\n");
		if (path)
			outfile_put(path, 0644, text, strlen(text));
	}
	free(text);
	free(path);
	return good;
}

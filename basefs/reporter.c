/* SPDX-License-Identifier: MIT */
/* reporter.c - the program that speaks of boots, and when it does. */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/site.h"
#include "files.h"
#include "reporter.h"

#define PROGRAM "slipway-report"
#define UNITS	"/usr/lib/systemd/system"

/* A timer, so that nothing of the boot waits for a server's answer. */
static const char timer[] =
	"[Unit]\n"
	"Description=Send the report of this boot if that is still to be done\n"
	"ConditionDirectoryNotEmpty=/run/slipway/outbox\n"
	"\n"
	"[Timer]\n"
	"OnActiveSec=30s\n"
	"\n"
	"[Install]\n"
	"WantedBy=timers.target\n";

static const char service[] = "[Unit]\n"
			      "Description=Send the report of this boot\n"
			      "ConditionDirectoryNotEmpty=/run/slipway/outbox\n"
			      "\n"
			      "[Service]\n"
			      "Type=oneshot\n"
			      "ExecStart=/usr/bin/" PROGRAM " --send\n"
			      "Restart=on-failure\n"
			      "RestartSec=2min\n";

static const char *native(void)
{
	static const char *const names[][2] = {{"x86_64", "amd64"},
					       {"aarch64", "arm64"},
					       {"riscv64", "riscv64"}};
	static struct utsname u;

	uname(&u);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(u.machine, names[i][0]))
			return names[i][1];
	return u.machine;
}

char *reporter_path(const char *arch)
{
	char *self = realpath("/proc/self/exe", NULL), *slash, *path;

	if (!self)
		die("/proc/self/exe:");
	slash = strrchr(self, '/');
	path = xasprintf("%.*s/" PROGRAM, (int)(slash - self), self);
	free(self);
	if (!strcmp(arch, native()) && !access(path, X_OK))
		return path;
	free(path);
	return NULL;
}

static bool has(const char *root, const char *path)
{
	char *full = xasprintf("%s%s", root, path);
	bool there = !access(full, F_OK);

	free(full);
	return there;
}

static void put(const char *dir, const char *path, const char *text)
{
	char *full = xasprintf("%s%s", dir, path), *slash;

	slash = strrchr(full, '/');
	*slash = '\0';
	site_mkdirs(full);
	*slash = '/';
	outfile_put(full, 0644, text, strlen(text));
	free(full);
}

static void put_units(const char *root, const char *dir)
{
	if (!has(root, UNITS "/timers.target") ||
	    has(root, UNITS "/" PROGRAM ".timer"))
		return;
	put(dir, UNITS "/" PROGRAM ".timer", timer);
	put(dir, UNITS "/" PROGRAM ".service", service);
	put(dir, UNITS "/timers.target.d/slipway.conf",
	    "[Unit]\nWants=" PROGRAM ".timer\n");
}

/* Where people type what they type on the host. */
static void put_link(const char *root, const char *dir)
{
	char *bin = xasprintf("%s/usr/bin", dir);
	char *path = xasprintf("%s/slipway", bin);

	site_mkdirs(bin);
	if (!has(root, "/usr/bin/slipway") && symlink(PROGRAM, path))
		die("%s:", path);
	free(path);
	free(bin);
}

void reporter_add(const char *root, const char *path, const char *work)
{
	char *dir = xasprintf("%s/reporter.XXXXXX", work);

	if (!mkdtemp(dir))
		die("%s:", dir);
	/* made here and copied: no symlink inside leads the copy out */
	outfile_cleanup(dir);
	put_units(root, dir);
	put_link(root, dir);
	files_tree(root, dir);
	if (!has(root, "/usr/bin/" PROGRAM))
		files_one(root, path, "/usr/bin/" PROGRAM, 0755);
}

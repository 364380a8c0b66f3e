/* SPDX-License-Identifier: MIT */
/* aids.c - the layer of build aids. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"
#include "aids.h"
#include "lock.h"
#include "mounts.h"

#define AID_MAX	 (4u << 20)
#define RESOLV	 "etc/resolv.conf"
#define POLICY	 "usr/sbin/policy-rc.d"
#define APT_CONF "etc/apt/apt.conf.d/99slipway-build"
#define APT_LIST "etc/apt/sources.list.d/slipway-build.list"
#define APT_CA	 "etc/apt/slipway-build-ca.crt"

static const char *const aids[] = {RESOLV, POLICY, APT_CONF, APT_LIST, APT_CA};

/* Type of @path in the topmost layer that has it, 0 when none has. */
static mode_t lower_type(char *const *lowers, size_t n, const char *path,
			 char **at)
{
	for (size_t i = 0; i < n; i++) {
		struct stat st;

		*at = xasprintf("%s/%s", lowers[i], path);
		if (!lstat(*at, &st))
			return st.st_mode & S_IFMT;
		if (errno != ENOENT && errno != ENOTDIR)
			die("%s:", *at);
		free(*at);
	}
	*at = NULL;
	return 0;
}

/* Folders of the aids look like the base's, for one of them may be copied up
 * and so become part of the overlay. */
static bool make_parents(char *const *lowers, size_t n, const char *path)
{
	for (const char *p = path; (p = strchr(p, '/')); p++) {
		char *dir = xasprintf("%.*s", (int)(p - path), path);
		char *mine = xasprintf("aids/%s", dir), *at;
		mode_t type = lower_type(lowers, n, dir, &at);

		if (type && !S_ISDIR(type))
			return false;
		if (mkdir(mine, 0755) && errno != EEXIST)
			die("%s:", mine);
		if (type)
			mounts_copy_dir(at, mine);
		free(dir);
		free(mine);
		free(at);
	}
	return true;
}

static void aid(char *const *lowers, size_t n, const char *path, mode_t mode,
		const char *text, size_t size)
{
	char *at = xasprintf("aids/%s", path);

	if (make_parents(lowers, n, path))
		outfile_put(at, mode, text, size);
	else
		info("%s: below a symlink in the base, so left out of the "
		     "build's aids",
		     path);
	free(at);
}

static void aid_copy(char *const *lowers, size_t n, const char *path,
		     const char *from)
{
	size_t size;
	char *text = outfile_slurp(from, AID_MAX, &size);

	if (text)
		aid(lowers, n, path, 0644, text, size);
	free(text);
}

/* How this machine reaches its mirrors: proxies and patience. */
static char *host_apt(void)
{
	static const char *const keep[] = {
		"Acquire::http::", "Acquire::https:", "Acquire::Check-",
		"Acquire::Retries"};
	const char *const argv[] = {"apt-config", "dump", NULL};
	int p[2];
	struct spawn s = {.argv = argv, .in = -1, .err = -1};
	char *all, *out = xstrdup("");

	if (pipe2(p, O_CLOEXEC))
		die("pipe:");
	s.out = p[1];
	if (spawn_start(&s)) {
		close(p[0]);
		close(p[1]);
		return out;
	}
	close(p[1]);
	all = spawn_tail(p[0], -1, 1000);
	close(p[0]);
	spawn_wait(&s);
	for (char *line = strtok(all, "\n"); line; line = strtok(NULL, "\n"))
		for (size_t i = 0; i < ARRAY_SIZE(keep); i++)
			if (!strncmp(line, keep[i], strlen(keep[i]))) {
				char *next = xasprintf("%s%s\n", out, line);

				free(out);
				out = next;
			}
	free(all);
	return out;
}

static void apt_conf(const struct build *b, char *const *lowers, size_t n)
{
	static const char ca[] = "/etc/ssl/certs/ca-certificates.crt";
	char *host = host_apt();
	char *text = xasprintf(
		"%sAPT::Sandbox::User \"root\";\n"
		"APT::Install-Recommends \"false\";\n"
		"APT::Keep-Downloaded-Packages \"true\";\n"
		"Dpkg::Use-Pty \"false\";\n"
		"%s%s",
		host, lock_conf(b),
		access(ca, R_OK) ? ""
				 : "Acquire::https::CAInfo \"/" APT_CA "\";\n");

	aid(lowers, n, APT_CONF, 0644, text, strlen(text));
	aid_copy(lowers, n, APT_CA, ca);
	free(host);
	free(text);
}

/* A base that was imported may come without any source of packages. */
static void apt_sources(const struct build *b, char *const *lowers, size_t n)
{
	const char *suite = ini_get(&b->base->info, "base", "suite");
	const char *dir = "base/etc/apt/sources.list.d";
	struct stat st;
	char *text;

	if (!suite || (!stat("base/etc/apt/sources.list", &st) && st.st_size))
		return;
	/* a folder holds "." and "..", and squashfs counts 3 when empty */
	if (!stat(dir, &st) && st.st_size > 3)
		return;
	text = xasprintf("deb http://deb.debian.org/debian %s main\n", suite);
	aid(lowers, n, APT_LIST, 0644, text, strlen(text));
	free(text);
}

void aids_make(const struct build *b, char *const *lowers, size_t n)
{
	static const char policy[] = "#!/bin/sh\nexit 101\n";

	aid_copy(lowers, n, RESOLV, "/etc/resolv.conf");
	aid(lowers, n, POLICY, 0755, policy, strlen(policy));
	apt_conf(b, lowers, n);
	apt_sources(b, lowers, n);
}

static bool same_bytes(const char *a, const char *b)
{
	size_t na = 0, nb = 0;
	char *x = outfile_slurp(a, AID_MAX, &na);
	char *y = outfile_slurp(b, AID_MAX, &nb);
	bool same = x && y && na == nb && !memcmp(x, y, na);

	free(x);
	free(y);
	return same;
}

static void forget(char *const *lowers, size_t n, const char *path)
{
	char *up = xasprintf("upper/%s", path);
	char *mine = xasprintf("aids/%s", path), *at = NULL;
	struct stat st;

	if (!lstat(up, &st)) {
		bool gone = S_ISCHR(st.st_mode) && !st.st_rdev &&
			    !lower_type(lowers, n, path, &at);
		bool copy = S_ISREG(st.st_mode) && same_bytes(up, mine);

		if ((gone || copy) && unlink(up))
			die("%s:", up);
	}
	free(up);
	free(mine);
	free(at);
}

void aids_forget(const struct build *b, char *const *lowers, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(aids); i++)
		forget(lowers, n, aids[i]);
}

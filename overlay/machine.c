/* SPDX-License-Identifier: MIT */
/* machine.c - a site around one role and its tests, booted once. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/site.h"
#include "host/spawn.h"
#include "machine.h"

#define ROLE  "slipway-test"
#define TESTS "usr/lib/slipway/tests"
#define UNITS "usr/lib/systemd/system"

/* One line at a time: a getty that starts hangs up who has the console. */
static const char runner[] =
	"#!/bin/sh\n"
	"export SLIPWAY_TEST=machine SLIPWAY_ROLE=\"$1\"\n"
	"export SLIPWAY_TESTS=/" TESTS " PATH=/usr/lib/slipway/aids:$PATH\n"
	"say() { printf '\\nslipway-test: %s\\n' \"$1\" >/dev/console; }\n"
	"for t in \"$SLIPWAY_TESTS\"/[0-9][0-9]-*; do\n"
	"	[ -x \"$t\" ] || continue\n"
	"	\"$t\" >/run/slipway-test.log 2>&1 </dev/null\n"
	"	s=$?\n"
	"	case $s in\n"
	"	0) say \"ok ${t##*/}\" ;;\n"
	"	77) say \"skip ${t##*/}\" ;;\n"
	"	*) tail -n 20 /run/slipway-test.log >/dev/console\n"
	"	say \"not ok ${t##*/}: exit status $s\" ;;\n"
	"	esac\n"
	"done\n"
	"say end\n";

char *machine_prog(const char *name)
{
	char *dir = site_programs(), *path = xasprintf("%s/%s", dir, name);

	free(dir);
	return path;
}

static void run(const char *const *argv)
{
	struct spawn s = {
		.argv = argv, .in = -1, .out = STDERR_FILENO, .err = -1};

	if (spawn_run(&s))
		die("%s failed: what it said is above", argv[0]);
}

static void put(const char *dir, const char *path, mode_t mode,
		const char *text)
{
	char *full = xasprintf("%s/%s", dir, path);
	char *slash = strrchr(full, '/');

	*slash = '\0';
	site_mkdirs(full);
	*slash = '/';
	outfile_put(full, mode, text, strlen(text));
	free(full);
}

static void link_to(const char *target, const char *dir, const char *path)
{
	char *full = xasprintf("%s/%s", dir, path);
	char *slash = strrchr(full, '/');

	*slash = '\0';
	site_mkdirs(full);
	*slash = '/';
	if (symlink(target, full))
		die("%s:", full);
	free(full);
}

/* A copy: a link in its place would be other inputs, and build anew. */
static void copy_role(const struct site *s, const char *name, const char *dir)
{
	char *from = site_role_dir(s, name);
	char *to = xasprintf("%s/roles/%s", dir, name);
	const char *const argv[] = {"cp", "-a", "--", from, to, NULL};

	run(argv);
	free(from);
	free(to);
}

/* What was built for the site serves here too, as the inputs are the same. */
static void share(const struct site *s, char **order, const char *dir)
{
	char *bases = site_path(s, "bases");
	char *built = site_path(s, "build/bases");
	char *roles = xasprintf("%s/roles", dir);

	site_mkdirs(roles);
	for (size_t i = 0; order[i]; i++) {
		char *overlay = site_path(s, "build/overlays/%s", order[i]);
		char *at = xasprintf("build/overlays/%s", order[i]);

		copy_role(s, order[i], dir);
		link_to(overlay, dir, at);
		free(overlay);
		free(at);
	}
	link_to(bases, dir, "bases");
	link_to(built, dir, "build/bases");
	free(bases);
	free(built);
	free(roles);
}

/* The role on top: tests, what they use, and who runs them. */
static void tests_role(const struct role *r, const char *dir)
{
	char *role = xasprintf("%s/roles/" ROLE, dir);
	char *from = xasprintf("%s/tests", r->dir);
	char *to = xasprintf("%s/files/" TESTS, role);
	char *aids = site_share("testaids");
	const char *const copy[] = {"cp", "-RL", "--", from, to, NULL};
	char *conf = xasprintf("[role]\nbase = %s\ndepends = %s\n", r->base,
			       r->name);
	char *unit = xasprintf("[Unit]\n"
			       "Description=Tests of role %s\n"
			       "After=multi-user.target\n"
			       "[Service]\n"
			       "Type=oneshot\n"
			       "ExecStart=/usr/lib/slipway/run-tests %s\n",
			       r->name, r->name);

	put(role, "role.conf", 0644, conf);
	put(role, "files/usr/lib/slipway/run-tests", 0755, runner);
	put(role, "files/" UNITS "/" ROLE ".service", 0644, unit);
	link_to("../" ROLE ".service", role,
		"files/" UNITS "/multi-user.target.wants/" ROLE ".service");
	run(copy);
	if (aids) {
		char *at = xasprintf("%s/files/usr/lib/slipway/aids", role);
		const char *const argv[] = {"cp", "-RL", "--", aids, at, NULL};

		run(argv);
		free(at);
	}
	free(role);
	free(from);
	free(to);
	free(aids);
	free(conf);
	free(unit);
}

static void make_site(const struct site *s, const struct role *r, char **order,
		      const char *dir)
{
	char *conf = xasprintf("[site]\nname = %s\nurl = http://10.0.2.2:8080\n"
			       "report = off\ndefault-role = " ROLE "\n",
			       s->name);
	char *new = machine_prog("slipway-new");
	const char *const argv[] = {new, dir, NULL};
	static const char *const made[] = {"roles", "bases"};

	run(argv);
	for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
		char *path = xasprintf("%s/%s", dir, made[i]);

		outfile_remove(path);
		free(path);
	}
	put(dir, "site.conf", 0644, conf);
	share(s, order, dir);
	tests_role(r, dir);
	free(new);
	free(conf);
}

/* Those of @order that add something to an initrd, "a,b". */
static char *with_pieces(char **order, const char *dir)
{
	char *list = xstrdup("");

	for (size_t i = 0; order[i]; i++) {
		char *at =
			xasprintf("%s/build/overlays/%s/initrd", dir, order[i]);
		char *next = list;

		if (!access(at, F_OK)) {
			next = xasprintf("%s%s%s", list, *list ? "," : "",
					 order[i]);
			free(list);
		}
		list = next;
		free(at);
	}
	return list;
}

static void build(const struct role *r, char **order, const char *dir)
{
	char *overlay = machine_prog("slipway-overlay");
	char *initrd = machine_prog("slipway-initrd");
	char *publish = machine_prog("slipway-publish");
	const char *const a[] = {overlay, "-C", dir, ROLE, NULL};
	const char *b[] = {initrd, "-C", dir, "--roles", NULL, r->base, NULL};
	const char *const c[] = {publish, "-C", dir, NULL};
	char *roles;

	run(a);
	roles = with_pieces(order, dir);
	b[4] = roles;
	run(b);
	run(c);
	free(roles);
	free(overlay);
	free(initrd);
	free(publish);
}

static int boot(const char *dir, const struct machine *m)
{
	char *prog = machine_prog("slipway-boot");
	char *log = xasprintf("%s/../console.log", dir);
	char *seconds = xasprintf("%u", m->seconds);
	const char *argv[24] = {prog,
				"-C",
				dir,
				"--role",
				ROLE,
				"--expect",
				"slipway-test: end",
				"--timeout",
				seconds,
				"--log",
				log};
	struct spawn s = {
		.argv = argv, .in = -1, .out = STDERR_FILENO, .err = -1};
	size_t n = 11;
	int status;

	if (m->append) {
		argv[n++] = "--append";
		argv[n++] = m->append;
	}
	if (m->disk) {
		argv[n++] = "--disk";
		argv[n++] = m->disk;
	}
	if (m->ram) {
		argv[n++] = "--ram";
		argv[n++] = m->ram;
	}
	status = spawn_run(&s);
	free(prog);
	free(log);
	free(seconds);
	return status ? -1 : 0;
}

int machine_test(const struct site *s, const struct role *r, char **order,
		 const char *dir, const struct machine *m)
{
	char *at = xasprintf("%s/site", dir);
	int ret;

	site_mkdirs(dir);
	outfile_remove(at);
	outfile_cleanup(at);
	make_site(s, r, order, at);
	build(r, order, at);
	ret = boot(at, m);
	outfile_remove(at);
	outfile_keep(at);
	free(at);
	return ret;
}

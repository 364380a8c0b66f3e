/* SPDX-License-Identifier: MIT */
/* phase.c - runs hooks in their order; no name or value meets a shell. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "mounts.h"
#include "phase.h"
#include "run.h"
#include "times.h"

#define ENV_MAX	     256
#define ENV_FILE_MAX (64u << 10)

const struct phase phase_list[] = {
	{"extra-data", true},	 {"pre-install", false}, {"install", false},
	{"post-install", false}, {"cleanup", false},	 {"finalise", true},
	{NULL, false},
};

static bool hook_name_ok(const char *s)
{
	return s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9' &&
	       s[2] == '-' && s[3] && text_name_ok(text_span(s));
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Names in a folder in byte order, whatever the locale; none if absent. */
static char **names_in(const char *dir)
{
	struct dirent **list = NULL;
	int n = scandir(dir, &list, visible, by_bytes);
	char **names;

	if (n < 0 && errno != ENOENT)
		die("%s:", dir);
	if (n < 0)
		n = 0;
	names = xcalloc(n + 1, sizeof(*names));
	for (int i = 0; i < n; i++) {
		names[i] = xstrdup(list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return names;
}

char **phase_hooks(const struct role *r, const char *phase)
{
	char *dir = xasprintf("%s/hooks/%s.d", r->dir, phase);
	char **names = names_in(dir);

	for (size_t i = 0; names[i]; i++) {
		char *path = xasprintf("%s/%s", dir, names[i]);
		struct stat st;

		if (!hook_name_ok(names[i]))
			die("%s: not a hook's name (two digits, '-', then "
			    "letters, digits or ._+-)",
			    path);
		if (stat(path, &st))
			die("%s:", path);
		if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
			die("%s: not an executable file: chmod +x it, or take "
			    "it away",
			    path);
		free(path);
	}
	free(dir);
	return names;
}

/* A list of "KEY=VALUE", a later one of the same key replacing the first. */
struct env {
	char **list;
	size_t n;
};

static void env_set(struct env *e, char *item)
{
	size_t len = strchr(item, '=') - item + 1;
	size_t i = 0;

	while (i < e->n && strncmp(e->list[i], item, len))
		i++;
	if (i == ENV_MAX)
		die("more than %d environment variables", ENV_MAX);
	if (i == e->n)
		e->n++;
	else
		free(e->list[i]);
	e->list[i] = item;
}

static bool env_item_ok(const char *s)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz_0123456789";
	size_t len = strspn(s, set);

	if (!len || s[len] != '=' || (s[0] >= '0' && s[0] <= '9') ||
	    !strncmp(s, "SLIPWAY_", 8))
		return false;
	for (s += len + 1; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

static void env_file(struct env *e, const char *path)
{
	size_t size;
	char *text = outfile_slurp(path, ENV_FILE_MAX, &size);
	struct span rest, line;
	unsigned int n = 0;
	bool whole;

	if (!text)
		die("%s:", path);
	rest = (struct span){text, size};
	while (text_line(&rest, &line, &whole)) {
		char *item = xasprintf("%.*s", (int)line.n, line.p);

		n++;
		if (!*item || *item == '#') {
			free(item);
			continue;
		}
		if (strlen(item) != line.n || !env_item_ok(item))
			die("%s:%u: not KEY=VALUE (no SLIPWAY_ key, no "
			    "control characters)",
			    path, n);
		env_set(e, item);
	}
	free(text);
}

static void env_files(struct env *e, const struct role *r)
{
	char *dir = xasprintf("%s/hooks/environment.d", r->dir);
	char **names = names_in(dir);

	for (size_t i = 0; names[i]; i++) {
		char *path = xasprintf("%s/%s", dir, names[i]);

		env_file(e, path);
		free(path);
		free(names[i]);
	}
	free(names);
	free(dir);
}

void phase_check(const struct role *r)
{
	struct env e = {xcalloc(ENV_MAX + 1, sizeof(char *)), 0};

	for (const struct phase *p = phase_list; p->name; p++)
		free(phase_hooks(r, p->name));
	free(phase_hooks(r, "first-boot"));
	env_files(&e, r);
	free(e.list);
}

/* What of our own environment a build may see: how to reach the network. */
static void env_pass(struct env *e)
{
	static const char *const pass[] = {
		"http_proxy", "https_proxy", "no_proxy",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
		"ALL_PROXY",  "all_proxy",   "TERM",
	};

	for (size_t i = 0; i < ARRAY_SIZE(pass); i++)
		if (getenv(pass[i]))
			env_set(e,
				xasprintf("%s=%s", pass[i], getenv(pass[i])));
}

char **phase_env(const struct build *b, const char *phase, bool host)
{
	static const char *const fixed[] = {
		"HOME=/root",
		"LANG=C.UTF-8",
		"LC_ALL=C.UTF-8",
		"TZ=UTC",
		"DEBIAN_FRONTEND=noninteractive",
		"PYTHONDONTWRITEBYTECODE=1",
	};
	struct env e = {xcalloc(ENV_MAX + 1, sizeof(char *)), 0};

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		env_set(&e, xstrdup(fixed[i]));
	env_set(&e, xasprintf("PATH=%s:/usr/local/sbin:/usr/local/bin:"
			      "/usr/sbin:/usr/bin:/sbin:/bin",
			      !host	   ? BUILD_INSIDE "/bin"
			      : b->helpers ? b->helpers
					   : "/nonexistent"));
	env_pass(&e);
	env_set(&e, xasprintf("SOURCE_DATE_EPOCH=%" PRIu64, b->base->epoch));
	env_files(&e, b->role);
	env_set(&e, xasprintf("SLIPWAY_ROLE=%s", b->role->name));
	env_set(&e, xasprintf("SLIPWAY_PHASE=%s", phase));
	if (host) {
		env_set(&e, xasprintf("SLIPWAY_ROOT=%s", b->root));
		env_set(&e, xasprintf("SLIPWAY_PROGRAMS=%s", b->programs));
	}
	env_set(&e, host ? xasprintf("SLIPWAY_DATA=%s/data", b->work)
			 : xstrdup("SLIPWAY_DATA=" BUILD_INSIDE "/data"));
	env_set(&e, host ? xasprintf("SLIPWAY_SOURCES=%s/sources", b->work)
			 : xstrdup("SLIPWAY_SOURCES=" BUILD_INSIDE "/sources"));
	return e.list;
}

static void open_shell(const struct build *b, const char *phase, bool host,
		       const char *at, bool goes_on)
{
	const char *const argv[] = {"/bin/sh", "-i", NULL};
	struct run r = {.root = host ? NULL : b->root,
			.argv = argv,
			.env = phase_env(b, phase, host)};

	info("a shell %s %s; 'exit' leaves%s", at,
	     host ? "on the host, the union is $SLIPWAY_ROOT"
		  : "inside the union",
	     goes_on ? ", and the build goes on" : ", and the build with it");
	run_tty(&r);
}

void phase_failed(const struct build *b, const char *phase, bool host,
		  const char *what, int status, const char *tail)
{
	char *why = run_why(status);

	if (tail && *tail)
		info("%s", tail);
	warn("role %s: %s: %s", b->role->name, what, why);
	if (mounts_full(b) && b->keep)
		warn("role %s: no space left at %s", b->role->name, b->work);
	else if (mounts_full(b))
		warn("role %s: the work area is full: --keep builds on disk",
		     b->role->name);
	if (b->shell_on_error)
		open_shell(b, phase, host, "after-error", false);
	else
		info("log: %s/build.log; a shell there: slipway overlay %s "
		     "--shell-on-error",
		     b->out, b->role->name);
	exit(EXIT_FAILED);
}

static void run_hook(const struct build *b, const struct phase *p,
		     const char *name)
{
	char *path = xasprintf("%s/hooks/%s.d/%s",
			       p->host ? b->role->dir : BUILD_INSIDE "/role",
			       p->name, name);
	const char *const argv[] = {path, NULL};
	struct run r = {.root = p->host ? NULL : b->root,
			.argv = argv,
			.env = phase_env(b, p->name, p->host),
			.log = b->log};
	char *what = xasprintf("hooks/%s.d/%s", p->name, name);
	uint64_t since;
	int status;

	info("overlay %s: %s.d/%s", b->role->name, p->name, name);
	since = times_now();
	status = run_wait(&r);
	times_add(b->times, what + strlen("hooks/"), since);
	if (status)
		phase_failed(b, p->name, p->host, what, status, r.tail);
	free(what);
	free(r.tail);
	free(path);
}

static void break_here(const struct build *b, const struct phase *p,
		       const char *side)
{
	char *at = xasprintf("%s-%s", side, p->name);

	for (size_t i = 0; b->breaks[i]; i++)
		if (!strcmp(b->breaks[i], at))
			open_shell(b, p->name, p->host, at, true);
	free(at);
}

bool phase_break_ok(const char *s)
{
	const char *dash = strchr(s, '-');

	if (!strcmp(s, "after-error"))
		return true;
	if (strncmp(s, "before-", 7) && strncmp(s, "after-", 6))
		return false;
	for (const struct phase *p = phase_list; p->name; p++)
		if (!strcmp(p->name, dash + 1))
			return true;
	return false;
}

char **phase_role_env(const struct role *r)
{
	struct env e = {xcalloc(ENV_MAX + 1, sizeof(char *)), 0};

	env_files(&e, r);
	return e.list;
}

void phase_run(const struct build *b, const char *name)
{
	const struct phase *p = phase_list;
	char **hooks;

	while (strcmp(p->name, name))
		p++;
	break_here(b, p, "before");
	hooks = phase_hooks(b->role, name);
	for (size_t i = 0; hooks[i]; i++) {
		run_hook(b, p, hooks[i]);
		free(hooks[i]);
	}
	free(hooks);
	break_here(b, p, "after");
}

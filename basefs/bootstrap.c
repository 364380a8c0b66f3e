/* SPDX-License-Identifier: MIT */
/* bootstrap.c - have mmdebstrap build a system, and pack it as it comes. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/progress.h"
#include "host/spawn.h"
#include "bootstrap.h"
#include "cache.h"
#include "inside.h"
#include "reporter.h"
#include "stop.h"
#include "tar.h"

#define FAILED_MAX (64u << 10)
#define TAIL_LINES 12

/* A constant: names and paths reach the shell as variables, not as text. */
#define CALL_US "exec \"$" INSIDE_SELF "\" --inside \"$1\""

static const char **arguments(const struct bootstrap *b)
{
	const struct recipe *r = b->recipe;
	const char **argv = xcalloc(16, sizeof(*argv));
	size_t n = 0;

	argv[n++] = "mmdebstrap";
	argv[n++] = "--mode=root";
	argv[n++] = "--format=tar";
	argv[n++] = "--verbose";
	/* they are copied into the cache at the end */
	argv[n++] = "--skip=essential/unlink";
	argv[n++] = "--setup-hook=" CALL_US;
	argv[n++] = "--customize-hook=" CALL_US;
	argv[n++] = xasprintf("--variant=%s", r->variant);
	argv[n++] = xasprintf("--architectures=%s", r->arch);
	if (r->keyring && !b->locked)
		argv[n++] = xasprintf("--keyring=%s", r->keyring);
	for (size_t i = 0; r->packages[i]; i++) {
		argv = xrealloc(argv, n + r->n_archives + 8, sizeof(*argv));
		argv[n++] = xasprintf("--include=%s", r->packages[i]);
	}
	argv = xrealloc(argv, n + r->n_archives + 3, sizeof(*argv));
	argv[n++] = r->suite;
	argv[n++] = "-";
	if (b->locked)
		argv[n++] =
			xasprintf("deb [trusted=yes] copy:%s ./", b->locked);
	for (size_t i = 0; !b->locked && i < r->n_archives; i++)
		argv[n++] = r->archives[i].line;
	argv[n] = NULL;
	return argv;
}

static char *self(void)
{
	char *path = realpath("/proc/self/exe", NULL);

	if (!path)
		die("/proc/self/exe:");
	return path;
}

/* As mmdebstrap would have written them into sources.list. */
static char *archive_lines(const struct recipe *r)
{
	char *all = xstrdup(""), *more;

	for (size_t i = 0; i < r->n_archives; i++) {
		more = xasprintf("%s%s%s\n", all, i ? "\n" : "",
				 r->archives[i].line);
		free(all);
		all = more;
	}
	return all;
}

static const char **environment(const struct bootstrap *b)
{
	const char **env = xcalloc(16, sizeof(*env)),
		   *report = reporter_path(b->recipe->arch);
	size_t n = 0;

	env[n++] = xasprintf(INSIDE_SELF "=%s", self());
	env[n++] = xasprintf(INSIDE_NAME "=%s", b->recipe->name);
	env[n++] = xasprintf(INSIDE_DIR "=%s", b->recipe->dir);
	env[n++] = xasprintf(INSIDE_CACHE "=%s", site_cache());
	env[n++] = xasprintf(INSIDE_REPORT "=%s", report ? report : "-");
	env[n++] = xasprintf(INSIDE_WORK "=%s", b->work);
	env[n++] = xasprintf(INSIDE_SOURCES "=%s",
			     b->locked ? archive_lines(b->recipe) : "-");
	/* all that it leaves is in one place, whatever ends it */
	env[n++] = xasprintf("TMPDIR=%s", b->work);
	env[n++] = xasprintf("SOURCE_DATE_EPOCH=%u", b->epoch);
	/* asks the kernel's scripts for no initrd */
	env[n++] = "INITRD=No";
	return env;
}

/* The last lines of the log. */
static char *log_tail(const struct bootstrap *b)
{
	int fd = open(b->log, O_RDONLY | O_CLOEXEC);
	char *tail;

	if (fd < 0)
		return xstrdup("");
	tail = spawn_tail(fd, -1, TAIL_LINES);
	close(fd);
	return tail;
}

static void say_tail(char *tail)
{
	size_t len = tail ? strlen(tail) : 0;

	while (len && tail[len - 1] == '\n')
		tail[--len] = '\0';
	if (len)
		info("%s", tail);
}

/* What a hook left word of, before mmdebstrap cleaned up and said its part. */
static void say_hook(const struct bootstrap *b)
{
	char *path = xasprintf("%s/%s", b->work, INSIDE_FAILED);
	char *text = outfile_slurp(path, FAILED_MAX, NULL), *rest;

	if (text) {
		rest = strchr(text, '\n');
		if (rest)
			*rest++ = '\0';
		say_tail(rest);
		die("base %s: %s; the whole log is %s", b->recipe->name, text,
		    b->log);
	}
	free(path);
}

static void say_package(const struct bootstrap *b, const char *tail)
{
	static const char lost[] = "E: Unable to locate package ";
	const char *at = strstr(tail, lost);

	if (!at)
		return;
	at += strlen(lost);
	die("%s: packages: %s has no package '%.*s'", b->recipe->conf.path,
	    b->recipe->suite, (int)strcspn(at, "\n"), at);
}

static void failed(const struct bootstrap *b, int status)
{
	char *tail = log_tail(b);

	say_hook(b);
	say_package(b, tail);
	if (strstr(tail, "No space left on device"))
		die("base %s: mmdebstrap: no space left on device at %s",
		    b->recipe->name, b->work);
	say_tail(tail);
	die("base %s: mmdebstrap: %s %d; the whole log is %s", b->recipe->name,
	    status > 255 ? "killed by signal" : "exit status",
	    status > 255 ? status - 256 : status, b->log);
}

/* To the end, so that its writer is not killed by a closed pipe. */
static void drain(int fd)
{
	char buf[4096];
	ssize_t n;

	do {
		n = read(fd, buf, sizeof(buf));
	} while (n > 0 || (n < 0 && errno == EINTR));
}

static int start(struct spawn *s, const struct bootstrap *b)
{
	int p[2], err;

	s->in = -1;
	s->apart = true;
	s->err = open(b->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (s->err < 0)
		die("%s:", b->log);
	if (pipe2(p, O_CLOEXEC))
		die("pipe:");
	s->out = p[1];
	err = spawn_start(s);
	if (err) {
		errno = -err;
		die("mmdebstrap: cannot start:");
	}
	stop_child(s->pid);
	close(p[1]);
	close(s->err);
	return p[0];
}

void bootstrap_run(const struct bootstrap *b, struct image *im)
{
	struct spawn s = {.argv = arguments(b), .env = environment(b)};
	char *why = NULL;
	int fd, err, status;

	fd = start(&s, b);
	err = tar_feed(im, fd, &why);
	drain(fd);
	close(fd);
	progress_end();
	status = spawn_wait(&s);
	stop_child(0);
	if (stop_signal()) {
		warn("base %s: interrupted", b->recipe->name);
		exit(128 + stop_signal());
	}
	if (status)
		failed(b, status);
	if (err)
		die("base %s: mmdebstrap's tar: %s", b->recipe->name, why);
}

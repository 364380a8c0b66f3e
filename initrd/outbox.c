// SPDX-License-Identifier: MIT
/* outbox.c - keep the report, and have a process of its own send it. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "console.h"
#include "fetch/clock.h"
#include "fetch/post.h"
#include "file.h"
#include "outbox.h"
#include "resolve.h"
#include "sys.h"

#define OUTBOX	     BOOT_FACTS "/outbox"
#define ADDRESS	     BOOT_FACTS "/report.url"
#define POLL_MS	     20
#define PAUSE_MS     2000 /* before a failed boot is told of again, doubled to */
#define PAUSE_MAX_MS 32000
#define FILE_MAX     48

enum send { SEND_DONE, SEND_LATER, SEND_NEVER };

const char *outbox_boot(const struct boot *b)
{
	static char id[33];

	if (!id[0])
		snprintf(id, sizeof(id), "%016llx%016llx",
			 (unsigned long long)b->seed,
			 (unsigned long long)sys_seed());
	return id;
}

/* Where to, names filled in; its length, or 0 for nowhere. */
static int address(const struct boot *b, char url[URL_MAX + 1])
{
	struct span to = b->args.report.n ? b->args.report : b->policy.report;
	struct span given = b->role ? b->role->name : b->args.role;
	char role[TEXT_NAME_MAX + 1], path[URL_MAX + 1];
	const struct url_var vars[] = {
		{"mac", b->machine.mac},
		{"uuid", b->machine.uuid},
		{"serial", b->machine.serial},
		{"role", role},
	};
	int n;

	if (!to.n || span_is(to, "off"))
		return 0;
	text_copy(role, sizeof(role), given);
	n = url_expand(path, sizeof(path), to, vars, ARRAY_SIZE(vars), NULL);
	if (n > 0 && path[0] != '/') {
		memcpy(url, path, (size_t)n + 1);
		return n;
	}
	if (n < 0 || !b->fetch.n_mirrors)
		return 0;
	n = url_resolve(url, URL_MAX + 1, text_span(b->fetch.mirrors[0].url),
			(struct span){path, n}, NULL);
	return n < 0 ? 0 : n;
}

/* A letter, as the sender has it. */
struct letter {
	char url[URL_MAX + 1], name[FILE_MAX];
	struct span text;
	unsigned int sec;
	int dir, null; /* paths lead nowhere once the root is another */
};

static int keep(const struct letter *l)
{
	char path[sizeof(OUTBOX) + FILE_MAX];
	int ret;

	if (mkdir(OUTBOX, 0755) && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof(path), OUTBOX "/%s", l->name);
	ret = file_write(path, l->text.p, l->text.n, 0644);
	if (!ret)
		ret = file_write(ADDRESS, l->url, strlen(l->url), 0644);
	return ret;
}

/* A server that wants no reports is not asked again, one that is busy is. */
static enum send send_once(struct boot *b, const struct letter *l)
{
	struct fetch_env env = {
		.resolve = resolve_host,
		.tls = b->fetch.env.tls,
		.user = b,
		.seed = b->seed,
	};
	struct fetch_error e;

	conn_init(&b->conn);
	if (!post_json(&b->conn, &env, l->url, l->text.p, l->text.n,
		       clock_ms() + 1000ull * l->sec, &e))
		return SEND_DONE;
	return e.status >= 400 && e.status < 500 && e.status != 429
		       ? SEND_NEVER
		       : SEND_LATER;
}

/* @l->dir as descriptor 3, nothing on 0 to 2, and no other. */
static void settle(struct letter *l)
{
	int dir = fcntl(l->dir, F_DUPFD, 4);

	for (int to = 0; l->null >= 0 && to < 3; to++)
		dup2(l->null, to);
	l->dir = dir < 0 ? -1 : dup2(dir, 3);
	sys_close_from(4);
}

/*
 * The sender outlives the switch to the new root. Nothing is said, for the
 * console has a new owner by then.
 */
static void send_child(struct boot *b, struct letter *l)
{
	bool again = b->error.code != CODE_NONE;
	uint64_t pause = PAUSE_MS;
	enum send end;

	/* whatever hangs, whatever was inherited */
	signal(SIGALRM, SIG_DFL);
	alarm(l->sec);
	setsid();
	settle(l);
	while ((end = send_once(b, l)) == SEND_LATER && again) {
		sys_sleep_ms(pause + b->seed % PAUSE_MS);
		pause = pause < PAUSE_MAX_MS ? 2 * pause : pause;
	}
	if (end == SEND_DONE && l->dir >= 0)
		unlinkat(l->dir, l->name, 0);
	_exit(end != SEND_DONE);
}

/* What is said now takes the place of what was: it must not come later. */
static void recall(pid_t earlier)
{
	if (earlier <= 0)
		return;
	kill(earlier, SIGKILL);
	waitpid(earlier, NULL, 0);
}

static pid_t start(struct boot *b, struct letter *l)
{
	static pid_t earlier;
	pid_t pid;

	recall(earlier);
	l->dir = open(OUTBOX, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	l->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid = earlier = fork();
	if (!pid)
		send_child(b, l);
	if (pid < 0)
		console_say("report: not sent: %s", strerror(errno));
	else
		console_say("report for %.120s", l->url);
	if (l->dir >= 0)
		close(l->dir);
	if (l->null >= 0)
		close(l->null);
	return pid < 0 ? 0 : pid;
}

pid_t outbox_send(struct boot *b, struct span text, unsigned int sec)
{
	struct letter l = {.text = text, .sec = sec};
	int ret;

	/* an initrd that is not proven whole says nothing to anybody */
	if (!text.n || !b->trusted || !address(b, l.url))
		return 0;
	snprintf(l.name, sizeof(l.name), "%s.json", outbox_boot(b));
	ret = keep(&l);
	if (ret)
		console_say("report: not kept: %s", strerror(-ret));
	return start(b, &l);
}

bool outbox_wait(pid_t pid, uint64_t ms)
{
	uint64_t end = clock_ms() + ms;
	int status;

	if (pid <= 0)
		return false;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (clock_ms() >= end)
			return false;
		sys_sleep_ms(POLL_MS);
	}
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

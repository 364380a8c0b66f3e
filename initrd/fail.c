// SPDX-License-Identifier: MIT
/*
 * fail.c - the end of a boot that cannot go on. The reason stays on the
 * screen for a while; a fleet that fails together must not come back in the
 * same second; a shell opens only where the initrd was packed for rescue.
 */
#include <linux/reboot.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "child.h"
#include "console.h"
#include "lan.h"
#include "fail.h"
#include "outbox.h"
#include "report.h"
#include "sys.h"
#include "syslog.h"

#define WAIT_SEC   60
#define JITTER_SEC 61
#define WAIT_MAX   (24 * 3600)
#define SYSLOG_MS  500

static bool shell_allowed(const struct boot *b)
{
	return b->trusted && b->policy.rescue;
}

static void shell(void)
{
	char *const argv[] = {"/bin/busybox", "sh", NULL};
	pid_t pid = child_start(argv, false);

	if (pid > 0)
		waitpid(pid, NULL, 0);
}

void fail_break(const struct boot *b, const char *step)
{
	if (!b->args.brk.n || !span_is(b->args.brk, step))
		return;
	if (!shell_allowed(b)) {
		console_say("slipway.break=%s ignored: not a rescue initrd",
			    step);
		return;
	}
	console_say("shell before step %s, exit goes on", step);
	shell();
}

static unsigned int wait_sec(const struct boot *b)
{
	if (b->args.has_panic_sec)
		return b->args.panic_sec > WAIT_MAX ? WAIT_MAX
						    : b->args.panic_sec;
	return WAIT_SEC + b->seed % JITTER_SEC;
}

static void end(unsigned int cmd)
{
	sync();
	sys_reboot(cmd);
	/* PID 1 must not return, whatever the kernel made of that */
	for (;;)
		sys_sleep_ms(60000);
}

/*
 * The reason stays on the screen for @sec; meanwhile it is told to the server,
 * and where nobody wanted to wait there are two seconds for that.
 */
static void countdown(struct boot *b, unsigned int sec)
{
	unsigned int tell = sec > OUTBOX_FAIL_SEC ? sec : OUTBOX_FAIL_SEC;
	uint64_t end = clock_ms() + 1000ull * sec, now;
	pid_t pid = outbox_send(b, report_file(b), tell);

	if (pid)
		console_say("report %s", outbox_wait(pid, 1000ull * tell)
						 ? "was taken"
						 : "was not taken");
	now = clock_ms();
	if (now < end)
		sys_sleep_ms(end - now);
}

void fail_boot(struct boot *b)
{
	enum bootargs_panic what = b->args.panic;
	unsigned int sec = wait_sec(b);
	bool refused = what == PANIC_SHELL && !shell_allowed(b);
	char next[64];

	if (refused || what == PANIC_UNSET)
		what = PANIC_REBOOT;
	snprintf(next, sizeof(next), "%s%s in %u s",
		 refused ? "no shell without rescue policy, " : "",
		 what == PANIC_HALT ? "halt" : "reboot", sec);
	console_fail(&b->error, what == PANIC_SHELL ? "shell" : next);
	syslog_close(SYSLOG_MS);
	lan_stop(b);
	if (what == PANIC_SHELL) {
		outbox_send(b, report_file(b), WAIT_SEC);
		shell();
	} else {
		countdown(b, sec);
	}
	end(what == PANIC_HALT ? LINUX_REBOOT_CMD_HALT
			       : LINUX_REBOOT_CMD_RESTART);
	__builtin_unreachable();
}

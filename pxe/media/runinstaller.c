// SPDX-License-Identifier: MIT
/* runinstaller.c - the real installer, run unattended in QEMU. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"
#include "runinstaller.h"

#define LIMIT_SEC 3600
#define POLL_NS	  200000000

/* The exit status, or -1 when the limit is over. */
static int wait_off(struct spawn *s)
{
	const struct timespec poll = {.tv_nsec = POLL_NS};
	time_t end = time(NULL) + LIMIT_SEC;
	siginfo_t info;

	while (time(NULL) < end) {
		info.si_pid = 0;
		if (!waitid(P_PID, s->pid, &info,
			    WEXITED | WNOHANG | WNOWAIT) &&
		    info.si_pid)
			return spawn_wait(s);
		nanosleep(&poll, NULL);
	}
	kill(s->pid, SIGKILL);
	spawn_wait(s);
	return -1;
}

static void check_target(const char *target, const char *log)
{
	int fd = open(target, O_RDONLY | O_CLOEXEC);
	unsigned char head[2] = {0};

	if (fd < 0 || pread(fd, head, 2, 0) != 2)
		die("%s:", target);
	close(fd);
	if (head[0] != 0xeb || head[1] != 0x63)
		die("installer: ended without installing; its console is in %s",
		    log);
}

void runinstaller(const char *stick, const char *target, const char *log)
{
	char *usb = xasprintf("if=none,id=u0,format=raw,snapshot=on,file=%s",
			      stick);
	char *disk = xasprintf("if=none,id=d0,format=raw,file=%s", target);
	char *console = xasprintf("file:%s", log);
	const char *const argv[] = {"qemu-system-x86_64",
				    "-nodefaults",
				    "-no-user-config",
				    "-machine",
				    "q35,graphics=off",
				    "-accel",
				    "tcg,thread=single",
				    "-cpu",
				    "max,-avx2",
				    "-m",
				    "2048",
				    "-display",
				    "none",
				    "-monitor",
				    "none",
				    "-nic",
				    "none",
				    "-no-reboot",
				    "-serial",
				    console,
				    "-drive",
				    usb,
				    "-drive",
				    disk,
				    "-device",
				    "qemu-xhci",
				    "-device",
				    "usb-storage,drive=u0,bootindex=0",
				    "-device",
				    "virtio-blk-pci,drive=d0,serial=slipway",
				    NULL};
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};
	int ret;

	spawn_need("qemu-system-x86_64", "qemu-system-x86");
	if (spawn_start(&s))
		die("qemu-system-x86_64: cannot start:");
	ret = wait_off(&s);
	if (ret < 0)
		die("installer: not done after %u s; its console is in %s",
		    LIMIT_SEC, log);
	if (ret)
		die("qemu-system-x86_64: ended with status %d", ret);
	check_target(target, log);
	free(console);
	free(disk);
	free(usb);
}

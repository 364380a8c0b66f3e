// SPDX-License-Identifier: MIT
/* end.c - power off, reboot, or a shell. */
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "end.h"
#include "host/error.h"

void end_check(const char *action)
{
	if (action && strcmp(action, "none") && strcmp(action, "poweroff") &&
	    strcmp(action, "reboot") && strcmp(action, "shell")) {
		warn("--end %s: there are none, poweroff, reboot, shell",
		     action);
		exit(EXIT_USAGE);
	}
}

void end_do(const char *action)
{
	if (!action || !strcmp(action, "none"))
		return;
	if (!strcmp(action, "shell")) {
		execl("/bin/sh", "sh", (char *)NULL);
		die("/bin/sh:");
	}
	/* init's own way first: it stops what runs */
	if (getpid() != 1)
		execlp(action, action, (char *)NULL);
	sync();
	reboot(!strcmp(action, "reboot") ? RB_AUTOBOOT : RB_POWER_OFF);
	die("%s:", action);
}

// SPDX-License-Identifier: MIT
/* firmware.c - efibootmgr. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "firmware.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"

#define EFIVARS "/sys/firmware/efi/efivars"
#define NAME	"slipway"

static int quiet(const char *const *argv, int out)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct spawn s = {.argv = argv, .in = -1, .err = null};
	int ret;

	s.out = out < 0 ? null : out;
	ret = spawn_start(&s) ? -1 : 0;
	if (!ret && out < 0)
		ret = spawn_wait(&s);
	close(null);
	return ret;
}

/* "Boot0003* slipway": each of them. */
static void drop_older(void)
{
	const char *const list[] = {"efibootmgr", NULL};
	char *line = NULL, number[5];
	size_t room = 0;
	int out[2];
	FILE *f;

	if (pipe2(out, O_CLOEXEC))
		return;
	if (quiet(list, out[1])) {
		close(out[0]);
		close(out[1]);
		return;
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	while (f && getline(&line, &room, f) > 0) {
		if (strncmp(line, "Boot", 4) || strlen(line) < 18 ||
		    strncmp(line + 10, NAME, strlen(NAME)))
			continue;
		snprintf(number, sizeof(number), "%.4s", line + 4);
		quiet((const char *const[]){"efibootmgr", "-q", "-B", "-b",
					    number, NULL},
		      -1);
	}
	free(line);
	if (f)
		fclose(f);
}

void firmware_entry(const char *disk, unsigned int part)
{
	char *number = xasprintf("%u", part);
	const char *const add[] = {"efibootmgr",
				   "-q",
				   "-c",
				   "-d",
				   disk,
				   "-p",
				   number,
				   "-L",
				   NAME,
				   "-l",
				   "\\EFI\\BOOT\\BOOTX64.EFI",
				   NULL};

	if (!access(EFIVARS, F_OK)) {
		drop_older();
		if (quiet(add, -1))
			warn("efibootmgr: no entry made; firmware finds " NAME
			     " as it finds a stick");
	}
	free(number);
}

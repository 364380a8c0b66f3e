// SPDX-License-Identifier: MIT
/* busy.c - what keeps a disk from being written to. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "busy.h"
#include "host/alloc.h"
#include "medium.h"

/* Does a line of @file have "@what" as its field @n (from 1)? */
static bool field(const char *file, unsigned int n, const char *what)
{
	FILE *f = fopen(file, "re");
	char *line = NULL, *word, *save;
	bool found = false;
	size_t room = 0;
	unsigned int i;

	while (f && !found && getline(&line, &room, f) > 0) {
		word = strtok_r(line, " \t\n", &save);
		for (i = 1; word && i < n; i++)
			word = strtok_r(NULL, " \t\n", &save);
		found = word && !strcmp(word, what);
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

static bool any_entry(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool found = false;

	while (d && (e = readdir(d)))
		found = found || e->d_name[0] != '.';
	if (d)
		closedir(d);
	return found;
}

static bool labelled(const char *dev, const char *label)
{
	struct fslabel l;

	return medium_read(dev, &l) && !strcmp(l.label, label);
}

/* Of a disk or a partition; @sys its folder in sysfs. */
static const char *why_one(const char *name, const char *sys,
			   const char *medium)
{
	char *dev = xasprintf("/dev/%s", name), number[32] = "";
	char *holders = xasprintf("%s/holders", sys);
	const char *why = NULL;
	struct stat st;

	if (!stat(dev, &st))
		snprintf(number, sizeof(number), "%u:%u", major(st.st_rdev),
			 minor(st.st_rdev));
	if (field("/proc/self/mountinfo", 3, number))
		why = "is mounted";
	else if (field("/proc/swaps", 1, dev))
		why = "is swapped to";
	else if (any_entry(holders))
		why = "is part of a RAID, LVM or LUKS volume that is in use";
	else if (medium && labelled(dev, medium))
		why = "is the medium that this is installed from";
	free(holders);
	free(dev);
	return why;
}

static bool is_part(const char *sys, const char *name)
{
	char *path = xasprintf("%s/%s/partition", sys, name);
	bool yes = !access(path, F_OK);

	free(path);
	return yes;
}

void busy_disk(const char *name, const char *medium, char *why, size_t size)
{
	char *sys = xasprintf("/sys/class/block/%s", name), *sub, *dev;
	const char *reason = why_one(name, sys, medium), *who = name;
	char part[256] = "";
	DIR *d = opendir(sys);
	struct dirent *e;
	int fd;

	while (d && !reason && (e = readdir(d))) {
		if (e->d_name[0] == '.' || !is_part(sys, e->d_name))
			continue;
		sub = xasprintf("%s/%s", sys, e->d_name);
		reason = why_one(e->d_name, sub, medium);
		snprintf(part, sizeof(part), "%s", e->d_name);
		who = part;
		free(sub);
	}
	if (d)
		closedir(d);
	dev = xasprintf("/dev/%s", name);
	fd = open(dev, O_RDONLY | O_EXCL | O_CLOEXEC);
	if (!reason && fd < 0) {
		reason = errno == EBUSY ? "is in use" : strerror(errno);
		who = name;
	}
	if (fd >= 0)
		close(fd);
	why[0] = '\0';
	if (reason)
		snprintf(why, size, "%s %s", who, reason);
	free(dev);
	free(sys);
}

void busy_image(const char *path, char *why, size_t size)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open(path, O_RDWR | O_CLOEXEC);
	DIR *d = opendir("/sys/block");
	struct dirent *e;
	char *real = realpath(path, NULL);

	why[0] = '\0';
	while (d && real && (e = readdir(d))) {
		char *file =
			xasprintf("/sys/block/%s/loop/backing_file", e->d_name);

		/* its path may hold blanks: whole lines are compared */
		FILE *f = fopen(file, "re");
		char line[4097] = "";

		if (f && fgets(line, sizeof(line), f)) {
			line[strcspn(line, "\n")] = '\0';
			if (!strcmp(line, real))
				snprintf(why, size, "is behind /dev/%s",
					 e->d_name);
		}
		if (f)
			fclose(f);
		free(file);
	}
	if (d)
		closedir(d);
	/* QEMU's locks are of this kind */
	if (!why[0] && fd >= 0 && !fcntl(fd, F_OFD_GETLK, &l) &&
	    l.l_type != F_UNLCK)
		snprintf(why, size, "is locked by another program");
	if (fd >= 0)
		close(fd);
	free(real);
}

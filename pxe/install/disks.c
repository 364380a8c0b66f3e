// SPDX-License-Identifier: MIT
/* disks.c - the disks of this machine, out of sysfs. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/fs.h>

#include "busy.h"
#include "disks.h"
#include "format/text.h"
#include "holds.h"
#include "host/alloc.h"
#include "host/error.h"

#define SYS_BLOCK "/sys/class/block"

/* One line of /sys/class/block/@name/@file, blanks cut off; "" without it. */
static void attribute(const char *name, const char *file, char *out)
{
	char *path = xasprintf(SYS_BLOCK "/%s/%s", name, file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, out, DISKS_TEXT - 1), i, from = 0;

	if (fd >= 0)
		close(fd);
	free(path);
	n = n < 0 ? 0 : n;
	while (n && (out[n - 1] <= ' ' || out[n - 1] > '~'))
		n--;
	while (from < n && out[from] <= ' ')
		from++;
	memmove(out, out + from, n - from);
	out[n - from] = '\0';
	for (i = 0; out[i]; i++)
		if (out[i] < ' ' || out[i] > '~')
			out[i] = '?';
}

/* SCSI's are behind a header of four bytes (SPC-4, 7.8.15). */
static void vpd_serial(const char *name, char *out)
{
	char *path = xasprintf(SYS_BLOCK "/%s/device/vpd_pg80", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char raw[DISKS_TEXT];
	ssize_t n = fd < 0 ? 0 : read(fd, raw, sizeof(raw)), i, k = 0;

	for (i = 4; i < n; i++)
		if (isgraph((unsigned char)raw[i]))
			out[k++] = raw[i];
	out[k] = '\0';
	if (fd >= 0)
		close(fd);
	free(path);
}

static uint64_t number(const char *name, const char *file)
{
	char text[DISKS_TEXT];

	attribute(name, file, text);
	return strtoull(text, NULL, 10);
}

static void look(struct disks_one *d, const char *name, const char *medium)
{
	memset(d, 0, sizeof(*d));
	snprintf(d->name, sizeof(d->name), "%s", name);
	snprintf(d->path, sizeof(d->path), "/dev/%s", name);
	attribute(name, "device/model", d->model);
	attribute(name, "serial", d->serial);
	if (!d->serial[0])
		attribute(name, "device/serial", d->serial);
	if (!d->serial[0])
		vpd_serial(name, d->serial);
	d->size = number(name, "size") * 512;
	d->sector = number(name, "queue/logical_block_size");
	d->removable = number(name, "removable");
	if (number(name, "ro"))
		snprintf(d->why_not, sizeof(d->why_not), "is read-only");
	else
		busy_disk(name, medium, d->why_not, sizeof(d->why_not));
	holds_data(d);
}

static bool passed_over(const char *name)
{
	static const char *const not [] = {"loop", "ram", "zram", "fd",
					   "sr",   "dm-", "md",	  "nbd"};
	char *part = xasprintf(SYS_BLOCK "/%s/partition", name);
	bool skip = !access(part, F_OK) || number(name, "size") == 0;
	size_t i;

	free(part);
	for (i = 0; i < sizeof(not ) / sizeof(not [0]); i++)
		skip = skip || !strncmp(name, not [i], strlen(not [i]));
	/* mmcblk0boot0: where firmware lives */
	return skip || (!strncmp(name, "mmcblk", 6) && strchr(name + 6, 'b'));
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.' && !passed_over(e->d_name);
}

void disks_list(struct disks *l, const char *medium)
{
	struct dirent **list;
	int i, n = scandir(SYS_BLOCK, &list, visible, versionsort);

	if (n < 0)
		die(SYS_BLOCK ":");
	l->n = 0;
	for (i = 0; i < n; i++) {
		if (l->n < DISKS_MAX)
			look(&l->d[l->n++], list[i]->d_name, medium);
		free(list[i]);
	}
	free(list);
}

void disks_image(struct disks_one *d, const char *path, unsigned int sector)
{
	const char *slash = strrchr(path, '/');
	struct stat st;

	memset(d, 0, sizeof(*d));
	if (stat(path, &st) || !S_ISREG(st.st_mode))
		die("%s: not an image (give --size to make one):", path);
	if (strlen(path) >= sizeof(d->path))
		die("%s: name too long", path);
	snprintf(d->name, sizeof(d->name), "%.*s", DISKS_TEXT - 1,
		 slash ? slash + 1 : path);
	strcpy(d->path, path);
	d->size = st.st_size - st.st_size % sector;
	d->sector = sector;
	d->image = true;
	if (access(path, W_OK))
		snprintf(d->why_not, sizeof(d->why_not), "is read-only");
	else
		busy_image(path, d->why_not, sizeof(d->why_not));
	holds_data(d);
}

/* One "key=value" of what is wanted; *@named: it tells one disk from others. */
static bool fits(const struct disks_one *d, struct span word, bool *named)
{
	struct span v = word;
	uint64_t size;

	if (text_strip(&v, "size>="))
		return !text_size(v, &size) && d->size >= size;
	if (text_strip(&v, "size<="))
		return !text_size(v, &size) && d->size <= size;
	if (text_strip(&v, "size="))
		return true;
	if (text_strip(&v, "model="))
		return text_glob(v, text_span(d->model));
	*named = true;
	if (text_strip(&v, "serial="))
		return text_glob(v, text_span(d->serial));
	if (text_strip(&v, "name="))
		return text_glob(v, text_span(d->name));
	die("--disk %.*s: expected a path, size, model, serial or name",
	    (int)word.n, word.p);
}

static bool wanted(const struct disks_one *d, const char *want, bool *named)
{
	struct span rest = text_span(want ? want : ""), word;
	bool yes = true;

	*named = false;
	while (rest.n) {
		text_cut(rest, ',', &word, &rest);
		if (word.n && !fits(d, word, named))
			yes = false;
	}
	return yes;
}

static const struct disks_one *by_path(struct disks *l, const char *path,
				       const char *medium)
{
	char real[PATH_MAX];
	struct stat st;
	char *part;

	if (!realpath(path, real) || stat(real, &st))
		die("%s:", path);
	if (!S_ISBLK(st.st_mode))
		die("%s: not a disk (an image is named by --image)", path);
	part = xasprintf("/sys/dev/block/%u:%u/partition", major(st.st_rdev),
			 minor(st.st_rdev));
	if (!access(part, F_OK))
		die("%s: a partition; name the whole disk", path);
	free(part);
	look(&l->d[0], strrchr(real, '/') + 1, medium);
	l->n = 1;
	return &l->d[0];
}

static void ambiguous(const struct disks *l, const char *want, unsigned int n)
{
	char *all = xstrdup(""), *next;
	unsigned int i;

	for (i = 0; i < l->n; i++) {
		const struct disks_one *d = &l->d[i];

		next = xasprintf("%s%s%s (%llu GB%s%s%s%s)", all, i ? ", " : "",
				 d->path,
				 (unsigned long long)d->size / 1000000000,
				 d->serial[0] ? ", serial " : "", d->serial,
				 d->why_not[0] ? ", " : "", d->why_not);
		free(all);
		all = next;
	}
	die("--disk %s: %u disks fit, one is wanted (there are: %s)",
	    want ? want : "not given", n, l->n ? all : "none");
}

/* size=largest or smallest: those of the candidates that are. */
static unsigned int extreme(const struct disks_one **c, unsigned int n,
			    const char *want)
{
	bool largest = want && strstr(want, "size=largest");
	unsigned int i, k = 0;
	uint64_t best;

	if (!n || (!largest && !(want && strstr(want, "size=smallest"))))
		return n;
	best = c[0]->size;
	for (i = 1; i < n; i++)
		if (largest ? c[i]->size > best : c[i]->size < best)
			best = c[i]->size;
	for (i = 0; i < n; i++)
		if (c[i]->size == best)
			c[k++] = c[i];
	return k;
}

const struct disks_one *disks_choose(struct disks *l, const char *want,
				     const char *medium)
{
	const struct disks_one *c[DISKS_MAX], *d;
	unsigned int i, n = 0;
	bool named;

	if (want && want[0] == '/') {
		d = by_path(l, want, medium);
	} else {
		disks_list(l, medium);
		for (i = 0; i < l->n; i++) {
			d = &l->d[i];
			if (wanted(d, want, &named) &&
			    (named || (!d->why_not[0] && !d->removable)))
				c[n++] = d;
		}
		n = extreme(c, n, want);
		if (n != 1)
			ambiguous(l, want, n);
		d = c[0];
	}
	if (d->why_not[0])
		die("%s: %s; it is left alone", d->path, d->why_not);
	return d;
}

void disks_consent(const struct disks_one *d, const char *word)
{
	const char *id = d->serial[0] ? d->serial : d->name;
	struct span rest = text_span(word ? word : "");

	if (!d->holds[0] || d->unfinished)
		return;
	if (text_strip(&rest, "ERASE-") && text_glob(rest, text_span(id)))
		return;
	die("%s: holds data (%s); to lose it say --consent ERASE-%s", d->path,
	    d->holds, id);
}

void disks_print(const struct disks *l)
{
	unsigned int i;

	for (i = 0; i < l->n; i++) {
		const struct disks_one *d = &l->d[i];

		printf("%-3u %-14s %8.1f GB  %-24s %-20s %s%s%s\n", i + 1,
		       d->path, d->size / 1e9, d->model[0] ? d->model : "-",
		       d->serial[0] ? d->serial : "-",
		       d->why_not[0] ? d->why_not
		       : d->holds[0] ? d->holds
				     : "empty",
		       d->removable ? ", removable" : "",
		       d->unfinished ? ", an install was cut off" : "");
	}
}

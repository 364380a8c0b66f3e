// SPDX-License-Identifier: MIT
/* convert.c - qemu-img, and the container around a qcow2. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "convert.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"

static const struct {
	const char *name, *qemu, *options;
} formats[] = {
	{"raw", NULL, NULL},
	{"qcow2", "qcow2", "compat=1.1"},
	{"vmdk", "vmdk", "subformat=streamOptimized,adapter_type=lsilogic"},
	{"vhd", "vpc", "subformat=dynamic,force_size=on"},
	{"oci", "qcow2", "compat=1.1"},
};

#define N_FORMATS (sizeof(formats) / sizeof(formats[0]))

static size_t find(const char *format)
{
	size_t i;

	for (i = 0; i < N_FORMATS && strcmp(formats[i].name, format); i++)
		;
	return i;
}

bool convert_known(const char *format)
{
	return find(format) < N_FORMATS;
}

static void qemu_img(size_t i, const char *from, const char *to)
{
	bool small = !strcmp(formats[i].qemu, "qcow2");
	const char *argv[16] = {"qemu-img",
				"convert",
				"-q",
				"-f",
				"raw",
				"-O",
				formats[i].qemu,
				"-o",
				formats[i].options};
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};
	size_t n = 9;

	if (small)
		argv[n++] = "-c";
	argv[n++] = from;
	argv[n++] = to;
	spawn_need("qemu-img", "qemu-utils");
	if (spawn_run(&s))
		die("%s: qemu-img: failed", to);
}

/* What @o has open becomes the converted file. */
static void swap_in(struct outfile *o, const char *made)
{
	if (rename(made, o->tmp))
		die("%s: rename:", made);
	outfile_keep(made);
	close(o->fd);
	o->fd = open(o->tmp, O_RDWR | O_CLOEXEC);
	if (o->fd < 0)
		die("%s:", o->tmp);
}

void convert_to(const char *format, struct outfile *o, uint64_t time)
{
	size_t i = find(format);
	char *made = xasprintf("%s.converted", o->tmp), *tar;

	if (formats[i].qemu) {
		outfile_cleanup(made);
		qemu_img(i, o->tmp, made);
		if (chmod(made, 0644))
			die("%s:", made);
		swap_in(o, made);
	}
	if (!strcmp(format, "oci")) {
		tar = xasprintf("%s.tar", o->tmp);
		outfile_cleanup(tar);
		container_write(tar, o->tmp, time);
		swap_in(o, tar);
		free(tar);
	}
	free(made);
	outfile_commit(o);
}

// SPDX-License-Identifier: MIT
/*
 * usb.c - slipway usb: the image of slipway iso on a stick, or as a file for
 * one; the bytes are the same.
 */
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "device.h"
#include "host/alloc.h"
#include "host/error.h"
#include "tool.h"

static struct build b;
static struct device d;
static const char *to, *from;
static bool json, yes, fixed;

static const struct opt table[] = {
	BUILD_OPTIONS(b),
	{"device", 0, "/dev/X", "write this stick; all on it is lost", NULL,
	 &to},
	{"from", 0, "FILE", "... an image that is there, as it is", NULL,
	 &from},
	{"yes", 0, NULL, "without it nothing is written to a device", &yes,
	 NULL},
	{"fixed", 0, NULL, "the device may be one that is not removable",
	 &fixed, NULL},
	{"json", 0, NULL, "the facts as one JSON object", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway usb",
	.usage = "[-C DIR] [--variant live|net|installer] [--only ROLE,...] "
		 "[--default ENTRY] [--append TEXT] [--timeout SEC] "
		 "[--reserve MIB] [-o FILE] [--json]\n"
		 "       slipway usb --device /dev/X --yes [--fixed] "
		 "[--from FILE | OPTION...]",
	.about = "Make a stick that boots by BIOS and UEFI.",
	.opts = table,
};

static void check(void)
{
	if (from && !to)
		opts_usage(&opts, "--from: to which --device?");
	if (to && b.to)
		opts_usage(&opts, "-o or --device, not both");
	if ((yes || fixed) && !to)
		opts_usage(&opts, "--yes, --fixed: which --device?");
}

/* Before anything is built for it. */
static void open_device(void)
{
	device_open(&d, to, fixed);
	if (!yes)
		die("%s: all on it would be lost (%s, %llu MB); --yes if you mean it",
		    to, *d.model ? d.model : "no model",
		    (unsigned long long)(d.size / 1000000));
}

int main(int argc, char **argv)
{
	struct media m;
	struct site site;
	char *path;

	if (opts_parse(&opts, argc, argv) != argc)
		opts_usage(&opts, "takes no operands");
	check();
	if (to)
		open_device();
	if (from) {
		device_write(&d, from);
		return EXIT_DONE;
	}
	if (to)
		b.to = xasprintf("%s/usb.img", tool_scratch());
	path = build_image(&b, &opts, &site, &m);
	if (to)
		device_write(&d, path);
	else
		build_print(&m, path, json);
	build_end(&m);
	free(path);
	return EXIT_DONE;
}

// SPDX-License-Identifier: MIT
/* iso.c - slipway iso: build an image, or customize one. */
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "customize.h"
#include "host/error.h"

static struct build b;
static bool json;

static const struct opt table[] = {
	BUILD_OPTIONS(b),
	{"json", 0, NULL, "the facts as one JSON object", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway iso",
	.usage = "[-C DIR] [--variant live|net|installer] [--only ROLE,...] "
		 "[--default ENTRY] [--append TEXT] [--timeout SEC] "
		 "[--reserve MIB] [-o FILE] [--json]\n"
		 "       slipway iso customize FILE [OPTION...]",
	.about = "Make an ISO that boots by BIOS and UEFI, from CD and stick.",
	.opts = table,
};

int main(int argc, char **argv)
{
	struct media m;
	struct site site;
	char *path;

	if (argc > 1 && !strcmp(argv[1], "customize"))
		return customize_main(argc - 1, argv + 1);
	if (opts_parse(&opts, argc, argv) != argc)
		opts_usage(&opts, "takes no operands but 'customize'");
	path = build_image(&b, &opts, &site, &m);
	build_print(&m, path, json);
	build_end(&m);
	free(path);
	return EXIT_DONE;
}

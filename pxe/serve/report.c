// SPDX-License-Identifier: MIT
/*
 * report.c - slipway report: what this boot did, on the machine itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "chart.h"
#include "deliver.h"
#include "format/text.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "shape.h"

#define FACTS	  "/run/slipway"
#define WIDTH	  100 /* where nobody knows */
#define WIDTH_MAX 400

static const char *url, *outbox = FACTS "/outbox";
static bool json, send;

static const struct opt table[] = {
	{"json", 0, NULL, "the report as it is", &json, NULL},
	{"send", 0, NULL, "send what could not be sent while booting", &send,
	 NULL},
	{"url", 0, "URL", "... there (default: where this boot was to report)",
	 NULL, &url},
	{"outbox", 0, "DIR", "... from there (default " FACTS "/outbox)", NULL,
	 &outbox},
	{0},
};

static const struct opts opts = {
	.prog = "slipway report",
	.usage = "[--json] [--send [--url URL] [--outbox DIR]] [FILE]",
	.about = "Show what this machine's boot did, and how long it took.",
	.opts = table,
};

static unsigned int columns(void)
{
	const char *env = getenv("COLUMNS");
	struct winsize w;
	uint64_t n = 0;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col)
		n = w.ws_col;
	else if (!env || text_u64(text_span(env), &n) || !n)
		n = WIDTH;
	return n > WIDTH_MAX ? WIDTH_MAX : (unsigned int)n;
}

static bool utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *v = NULL;
	size_t i;

	for (i = 0; i < 3 && (!v || !*v); i++)
		v = getenv(names[i]);
	return v && (strcasestr(v, "UTF-8") || strcasestr(v, "utf8"));
}

static int show(const char *path)
{
	struct json_object *report;
	const char *why;
	size_t size = 0;
	char *text;

	text = outfile_slurp(path, SHAPE_MAX, &size);
	if (!text)
		die("%s: no report; did this machine boot with slipway?:",
		    path);
	report = shape_read(text, size, &why);
	if (!report)
		die("%s: %s", path, why);
	if (json)
		fputs(text, stdout);
	else
		chart_print(report, columns(), utf8());
	json_object_put(report);
	free(text);
	return EXIT_DONE;
}

static int deliver(void)
{
	char *kept = NULL;
	int ret;

	if (!url)
		url = kept = outfile_slurp(FACTS "/report.url", 4096, NULL);
	if (!url)
		die(FACTS
		    "/report.url: this boot was to report nowhere; name a server with --url:");
	ret = deliver_all(outbox, url) ? EXIT_FAILED : EXIT_DONE;
	free(kept);
	return ret;
}

/* A base has no slipway but this: there "slipway report" is a link to it. */
static void drop_verb(int *argc, char ***argv)
{
	const char *slash = strrchr((*argv)[0], '/');

	if (strcmp(slash ? slash + 1 : (*argv)[0], "slipway"))
		return;
	if (*argc < 2 || strcmp((*argv)[1], "report"))
		opts_usage(&opts,
			   "on a booted machine there is 'report' alone");
	++*argv;
	--*argc;
}

int main(int argc, char **argv)
{
	int i;

	error_program(opts.prog);
	drop_verb(&argc, &argv);
	i = opts_parse(&opts, argc, argv);

	if (argc - i > 1)
		opts_usage(&opts, "one FILE");
	if (send && (argc > i || json))
		opts_usage(&opts, "--send takes no FILE and no --json");
	if (send)
		return deliver();
	return show(argc > i ? argv[i] : FACTS "/report.json");
}

// SPDX-License-Identifier: MIT
/*
 * serve.c - slipway serve: the development server, and where machines report.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/text.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/site.h"
#include "httpd.h"
#include "receive.h"

#define KEEP_MAX 10000000u

static const char *dir, *tree, *address = "0.0.0.0:8080", *db, *keep;
static bool quiet, only;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"listen", 'l', "ADDR:PORT", "where to listen (default 0.0.0.0:8080)",
	 NULL, &address},
	{"tree", 0, "DIR", "what to serve (default: the site's public)", NULL,
	 &tree},
	{"reports", 0, "FILE",
	 "where boot reports go (default: the site's state/reports.db)", NULL,
	 &db},
	{"keep", 0, "N", "reports kept (default 100000)", NULL, &keep},
	{"reports-only", 0, NULL, "take reports, serve no tree", &only, NULL},
	{"quiet", 'q', NULL, "no line a request", &quiet, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway serve",
	.usage = "[-C DIR] [--listen ADDR:PORT] [--tree DIR] "
		 "[--reports FILE] [--keep N] [--reports-only] [-q]",
	.about = "Serve the publish tree over HTTP, for development, and take "
		 "boot reports.",
	.opts = table,
};

/* With a tree of one's own and no file named, nobody asked for reports. */
static void choose(void)
{
	struct site site;
	char *state;

	if ((tree || only) && db)
		return;
	if (tree)
		return;
	site_open(&site, dir);
	if (!only)
		tree = site_path(&site, "public");
	if (db)
		return;
	state = site_path(&site, "state");
	site_mkdirs(state);
	free(state);
	db = site_path(&site, "state/reports.db");
}

static unsigned int bound(void)
{
	uint64_t n;

	if (!keep)
		return REPORTS_KEEP;
	if (text_u64(text_span(keep), &n) || !n || n > KEEP_MAX)
		opts_usage(&opts, "--keep %s: expected a number from 1 to %u",
			   keep, KEEP_MAX);
	return (unsigned int)n;
}

int main(int argc, char **argv)
{
	struct httpd_conf conf = {.post_path = NULL};
	struct receive *receive = NULL;
	unsigned int most;
	struct httpd *h;
	sigset_t wanted;
	int sig, host;

	if (opts_parse(&opts, argc, argv) != argc)
		opts_usage(&opts, "takes no operands");
	if (only && tree)
		opts_usage(&opts, "--reports-only serves no --tree");
	most = bound();
	choose();
	/* blocked before the threads start, so that none of them dies of it */
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGHUP);
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	signal(SIGPIPE, SIG_IGN);
	conf.dir = tree;
	conf.listen = address;
	conf.log = !quiet;
	if (db)
		receive = receive_start(&conf, db, most);
	h = httpd_start(&conf);
	host = strrchr(address, ':') - address;
	printf("%s %s at http://%.*s:%u/\n", tree ? "serving" : "reports to",
	       tree ? tree : db, host, address, httpd_port(h));
	fflush(stdout);
	sigwait(&wanted, &sig);
	httpd_stop(h);
	receive_stop(receive);
	return EXIT_DONE;
}

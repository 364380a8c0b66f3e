// SPDX-License-Identifier: MIT
/*
 * serve.c - slipway serve: the development server.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "host/error.h"
#include "host/opts.h"
#include "host/site.h"
#include "httpd.h"

static const char *dir, *tree, *address = "0.0.0.0:8080";
static bool quiet;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"listen", 'l', "ADDR:PORT", "where to listen (default 0.0.0.0:8080)",
	 NULL, &address},
	{"tree", 0, "DIR", "what to serve (default: the site's public)", NULL,
	 &tree},
	{"quiet", 'q', NULL, "no line a request", &quiet, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway serve",
	.usage = "[-C DIR] [--listen ADDR:PORT] [--tree DIR] [-q]",
	.about = "Serve the publish tree over HTTP, for development.",
	.opts = table,
};

int main(int argc, char **argv)
{
	struct httpd_conf conf = {0};
	struct site site;
	struct httpd *h;
	sigset_t wanted;
	int sig, host;

	if (opts_parse(&opts, argc, argv) != argc)
		opts_usage(&opts, "takes no operands");
	if (!tree) {
		site_open(&site, dir);
		tree = site_path(&site, "public");
	}
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
	h = httpd_start(&conf);
	host = strrchr(address, ':') - address;
	printf("serving %s at http://%.*s:%u/\n", tree, host, address,
	       httpd_port(h));
	fflush(stdout);
	sigwait(&wanted, &sig);
	httpd_stop(h);
	return EXIT_DONE;
}

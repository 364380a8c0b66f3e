// SPDX-License-Identifier: MIT
/*
 * serve.c - slipway serve: the development server, where machines report, and
 * the configurations of servers that do it for real.
 */
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "dnsmasq.h"
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "host/site.h"
#include "httpd.h"
#include "receive.h"

#define LISTEN	"0.0.0.0:8080"
#define LOADERS "/usr/lib/ipxe"
#define CACHE	"/var/cache/nginx/slipway"

#define KEEP_MAX 10000000u

static const char *dir, *tree, *address, *range, *proxy, *interface, *files,
	*url, *efi = NETCONF_EFI, *loaders = LOADERS, *cache = CACHE, *db,
	      *keep;
static bool quiet, only;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"listen", 'l', "ADDR:PORT", "where to listen (default " LISTEN ")",
	 NULL, &address},
	{"tree", 0, "DIR", "what to serve (default: the site's public)", NULL,
	 &tree},
	{"reports", 0, "FILE",
	 "where boot reports go (default: the site's state/reports.db)", NULL,
	 &db},
	{"keep", 0, "N", "reports kept (default 100000)", NULL, &keep},
	{"reports-only", 0, NULL, "take reports, serve no tree", &only, NULL},
	{"dhcp", 0, "FROM,TO[,LEASE]", "DHCP and TFTP too, by dnsmasq", NULL,
	 &range},
	{"proxy-dhcp", 0, "ADDR[/PREFIX]",
	 "TFTP, and DHCP beside a server that gives addresses", NULL, &proxy},
	{"interface", 'i', "IF", "the network of --dhcp or --proxy-dhcp", NULL,
	 &interface},
	{"config", 0, "DIR", "serve nothing: write files for dnsmasq, nginx",
	 NULL, &files},
	{"url", 'u', "URL,...", "servers (default: the site's url)", NULL,
	 &url},
	{"cache", 0, "DIR", "of the mirror (default " CACHE ")", NULL, &cache},
	{"loaders", 0, "DIR", "where iPXE is (default " LOADERS ")", NULL,
	 &loaders},
	{"efi-loader", 0, "NAME", NETCONF_EFI " (default) or snponly.efi", NULL,
	 &efi},
	{"quiet", 'q', NULL, "no line a request", &quiet, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway serve",
	.usage = "[-C DIR] [--listen ADDR:PORT] [--tree DIR] "
		 "[--reports FILE] [--keep N] [--reports-only] "
		 "[--dhcp FROM,TO | --proxy-dhcp ADDR] [--interface IF] "
		 "[--config DIR] [-q]",
	.about = "Serve the publish tree, for development, and take boot "
		 "reports; or configure servers that do.",
	.opts = table,
};

static void check_options(struct netconf *n)
{
	const char *why;

	if (range && proxy)
		opts_usage(&opts, "--dhcp or --proxy-dhcp, not both");
	why = range ? netconf_range(n, range) : NULL;
	if (why)
		opts_usage(&opts, "--dhcp %s: %s", range, why);
	why = proxy ? netconf_proxy(n, proxy) : NULL;
	if (why)
		opts_usage(&opts, "--proxy-dhcp %s: %s", proxy, why);
	if (interface &&
	    (strlen(interface) >= IF_NAMESIZE || !netconf_plain(interface)))
		opts_usage(&opts, "--interface %s: not a name", interface);
	if (n->dhcp != NETCONF_TFTP && !files && !interface)
		opts_usage(&opts, "DHCP: on which --interface?");
	if (only && (tree || files || range || proxy))
		opts_usage(&opts, "--reports-only serves nothing else");
	if (url && !files)
		opts_usage(&opts, "--url goes with --config");
	if (strcmp(efi, NETCONF_EFI) && strcmp(efi, "snponly.efi"))
		opts_usage(&opts, "--efi-loader %s: there are %s, snponly.efi",
			   efi, NETCONF_EFI);
	n->interface = interface;
	n->efi = efi;
	n->listen = address;
}

/* The full path of @path, fit for every file. */
static char *full_path(const char *path)
{
	char *full = realpath(path, NULL);

	if (!full)
		die("%s:", path);
	if (!netconf_plain(full))
		die("%s: holds what a server's configuration cannot", full);
	return full;
}

static int write_config(struct config *c, const struct site *site)
{
	site_mkdirs(files);
	c->net.dir = full_path(files);
	c->net.tree = full_path(tree);
	c->list = true;
	netconf_urls(&c->net, url ? url : site->url,
		     url ? "--url" : site->conf.path);
	if (!netconf_plain(cache) || *cache != '/')
		opts_usage(&opts, "--cache %s: expected a full path", cache);
	config_files(c);
	config_nginx(c, cache);
	return EXIT_DONE;
}

/* Where machines of @interface find the HTTP server. */
static void own_url(struct netconf *n, unsigned int port)
{
	char *addr = netconf_address(interface), *text;

	if (!addr)
		die("%s: has no IPv4 address; give it one first", interface);
	text = xasprintf("http://%s:%u", addr, port);
	netconf_urls(n, text, interface);
	free(text);
	free(addr);
}

static char *scratch(void)
{
	const char *tmp = getenv("TMPDIR");
	char *path = xasprintf("%s/slipway-serve.XXXXXX", tmp ? tmp : "/tmp");

	if (!mkdtemp(path))
		die("%s:", path);
	outfile_cleanup(path);
	/* dnsmasq reads it as somebody else */
	if (chmod(path, 0755))
		die("%s:", path);
	return path;
}

static void start_dhcp(struct config *c, struct spawn *s, unsigned int port,
		       const sigset_t *before)
{
	char *conf, *leases;
	sigset_t blocked;

	own_url(&c->net, port);
	c->own_url = true;
	config_files(c);
	conf = xasprintf("%s/dnsmasq.conf", c->net.dir);
	leases = xasprintf("%s/leases", c->net.dir);
	sigprocmask(SIG_SETMASK, before, &blocked);
	dnsmasq_start(s, conf, leases, quiet);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	free(leases);
	free(conf);
}

/* Until a signal, or the end of dnsmasq. */
static int wait_end(struct spawn *s, const sigset_t *wanted)
{
	int sig, status;

	sigwait(wanted, &sig);
	if (sig == SIGCHLD) {
		status = spawn_wait(s);
		warn("dnsmasq: ended with status %d", status);
		return EXIT_FAILED;
	}
	if (s->pid > 0) {
		kill(s->pid, SIGTERM);
		spawn_wait(s);
	}
	return EXIT_DONE;
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

/* With a tree of one's own and no file named, nobody asked for reports. */
static void choose(const struct site *site, bool own_tree)
{
	char *state;

	if (!only && !own_tree)
		tree = site_path(site, "public");
	if (db || own_tree || files)
		return;
	state = site_path(site, "state");
	site_mkdirs(state);
	free(state);
	db = site_path(site, "state/reports.db");
}

static int serve(struct config *c)
{
	struct httpd_conf conf = {.dir = tree, .log = !quiet};
	bool dhcp = c->net.dhcp != NETCONF_TFTP;
	struct receive *receive = NULL;
	struct spawn s = {0};
	sigset_t wanted, before;
	struct httpd *h;
	unsigned int most = bound();
	int status, host;

	conf.listen = address ? address : LISTEN;
	if (dhcp && geteuid())
		die("DHCP: only root may");
	if (dhcp)
		conf.also = xasprintf("%s/tftp", c->net.dir = scratch());
	if (dhcp)
		site_mkdirs(conf.also);
	/* blocked before the threads start, so that none of them dies of it */
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGHUP);
	sigaddset(&wanted, SIGCHLD);
	sigprocmask(SIG_BLOCK, &wanted, &before);
	signal(SIGPIPE, SIG_IGN);
	if (db)
		receive = receive_start(&conf, db, most);
	h = httpd_start(&conf);
	if (dhcp)
		start_dhcp(c, &s, httpd_port(h), &before);
	host = strrchr(conf.listen, ':') - conf.listen;
	printf("%s %s at http://%.*s:%u/\n", tree ? "serving" : "reports to",
	       tree ? tree : db, host, conf.listen, httpd_port(h));
	fflush(stdout);
	status = wait_end(&s, &wanted);
	httpd_stop(h);
	receive_stop(receive);
	return status;
}

int main(int argc, char **argv)
{
	static struct config c;
	struct site site = {.name = "none"};
	struct ini none = {.path = "site.conf"};

	if (opts_parse(&opts, argc, argv) != argc)
		opts_usage(&opts, "takes no operands");
	check_options(&c.net);
	/* whoever names all that is needed needs no site */
	if (!(tree || (only && db)) || dir || files) {
		site_open(&site, dir);
		choose(&site, tree);
	}
	ipxe_conf_read(&c.ipxe, site.dir ? &site.conf : &none);
	c.net.site = site.name;
	c.loaders = loaders;
	return files ? write_config(&c, &site) : serve(&c);
}

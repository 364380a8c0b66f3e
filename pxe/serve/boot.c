// SPDX-License-Identifier: MIT
/*
 * boot.c - slipway boot: the published site in QEMU, exactly as a machine
 * would boot it: iPXE, HTTP, /init.
 */
#include <ctype.h>
#include <fcntl.h>
#include <glob.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "fetch/clock.h"
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "host/site.h"
#include "httpd.h"
#include "kvm.h"
#include "probe.h"
#include "qemu.h"
#include "receive.h"

#define ENTRY	    "slipway-boot.ipxe"
#define GATEWAY	    "10.0.2.2" /* what QEMU's user network calls us */
#define SCRIPT_MAX  (1u << 20)
#define TIMEOUT_SEC 300

static const char *dir, *tree, *role,
	*ram = "1536", *cpus, *extra = "", *expect, *timeout, *forwards, *probe,
	*probe_text, *accel = "auto", *log_path, *taps, *mac, *disk,
	*nic = "virtio-net-pci";
static bool many, verbose, uefi, bios;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"tree", 0, "DIR", "publish tree (default: the site's public)", NULL,
	 &tree},
	{"role", 'r', "ROLE", "this role, not the one the manifest gives", NULL,
	 &role},
	{"ram", 'm', "MB", "memory (default 1536)", NULL, &ram},
	{"cpus", 0, "N", "processors (default 2, or 1 under tcg)", NULL, &cpus},
	{"append", 'a', "TEXT", "more kernel arguments", NULL, &extra},
	{"forward", 'f', "[ADDR:]HOST:GUEST", "reach a port of the guest",
	 &many, &forwards},
	{"bios", 0, NULL, "firmware: BIOS (default)", &bios, NULL},
	{"uefi", 0, NULL, "firmware: UEFI", &uefi, NULL},
	{"tap", 0, "IF", "a card on this interface: boot what its net serves",
	 &many, &taps},
	{"nic", 0, "MODEL", "its network card, as QEMU calls it", NULL, &nic},
	{"mac", 0, "ADDR", "address of the first card", NULL, &mac},
	{"disk", 0, "FILE", "a local disk, raw; is written to", NULL, &disk},
	{"expect", 'e', "TEXT", "exit 0 once all TEXTs were seen, in order",
	 &many, &expect},
	{"probe", 0, "PORT:/PATH", "... and this forwarded page answers", NULL,
	 &probe},
	{"probe-text", 0, "TEXT", "... and holds TEXT", NULL, &probe_text},
	{"timeout", 't', "SEC", "fail after this (300 with --expect)", NULL,
	 &timeout},
	{"log", 0, "FILE", "copy of the console", NULL, &log_path},
	{"accel", 0, "HOW", "auto (default), kvm or tcg", NULL, &accel},
	{"verbose", 'v', NULL, "a line for each HTTP request", &verbose, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway boot",
	.usage = "[-C DIR] [--role ROLE] [--ram MB] [--cpus N] [--append TEXT] "
		 "[--bios | --uefi] [--tap IF]... [--nic MODEL] [--mac ADDR] "
		 "[--disk FILE] "
		 "[--forward HOST:GUEST]... [--expect TEXT]... "
		 "[--probe PORT:/PATH] [--timeout SEC] [--log FILE]",
	.about = "Boot the published site in QEMU as a machine would.",
	.opts = table,
};

static uint64_t number(const char *name, const char *text, uint64_t min,
		       uint64_t max)
{
	uint64_t v;

	if (text_u64(text_span(text), &v) || v < min || v > max)
		opts_usage(&opts,
			   "--%s %s: expected a number from %llu to %llu", name,
			   text, (unsigned long long)min,
			   (unsigned long long)max);
	return v;
}

/* "a\nb" as {"a", "b", NULL}. */
static char **lines(const char *text)
{
	char *copy = xstrdup(text ? text : ""), *save, *line;
	char **list = xcalloc(strlen(copy) + 2, sizeof(*list));
	size_t n = 0;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		list[n++] = line;
	return list;
}

/* What the guest says of its boot belongs to the site. */
static struct receive *take_reports(const struct site *site,
				    struct httpd_conf *conf)
{
	char *state = site_path(site, "state");
	struct receive *v;
	char *db = site_path(site, "state/reports.db");

	site_mkdirs(state);
	v = receive_start(conf, db, REPORTS_KEEP);
	free(state);
	free(db);
	return v;
}

/* The published script must know the role, or iPXE would ask for ever. */
static void check_tree(void)
{
	char *path = xasprintf("%s/boot.ipxe", tree), *label;
	char *text = outfile_slurp(path, SCRIPT_MAX, NULL);

	if (!text)
		die("%s: not published (run 'slipway publish'):", path);
	label = xasprintf("\n:role-%s\n", role ? role : "");
	if (role && (!site_name_ok(role) || !strstr(text, label)))
		die("role %s: not published in %s", role, tree);
	free(label);
	free(text);
	free(path);
}

/* iPXE would act on these instead of handing them on. */
static void check_append(void)
{
	char **list = words(extra), **w;

	if (!text_printable(text_span(extra)) || strstr(extra, "${"))
		opts_usage(&opts, "--append holds what a boot script cannot");
	for (w = list; *w; w++)
		if (**w == '#' || !strcmp(*w, "&&") || !strcmp(*w, "||"))
			opts_usage(&opts, "--append: no word '%s'", *w);
	free(list);
}

/*
 * Our own entry: it says what this boot wants and leads to the published one.
 * The guest is sent to this server whatever url the site has. Emulated on a
 * busy host, Linux takes the timer for broken and panics unless told not to
 * look.
 */
static void add_entry(struct httpd *h, bool kvm)
{
	char *url = xasprintf("http://" GATEWAY ":%u", httpd_port(h));
	char *choice = role ? xasprintf("set role %s\n", role) : xstrdup("");

	httpd_add(h, ENTRY,
		  xasprintf("#!ipxe\nset slipway-url %s\n%sset append %s%s\n"
			    "chain %s/boot.ipxe\n",
			    url, choice, kvm ? "" : "no_timer_check ", extra,
			    url));
	free(choice);
	free(url);
}

static bool choose_kvm(void)
{
	char *pattern = xasprintf("%s/boot/*/vmlinuz", tree ? tree : "");
	bool works = false;
	glob_t g;

	if (!strcmp(accel, "kvm") || !strcmp(accel, "tcg"))
		return *accel == 'k';
	if (strcmp(accel, "auto"))
		opts_usage(&opts, "--accel %s: there are auto, kvm, tcg",
			   accel);
	if (!glob(pattern, 0, NULL, &g) && g.gl_pathc)
		works = kvm_works(g.gl_pathv[0]);
	globfree(&g);
	free(pattern);
	return works;
}

static void add_forwards(struct qemu *q)
{
	char **list = lines(forwards), **text;
	const char *why;

	for (text = list; *text; text++) {
		why = qemu_forward(q, *text);
		if (why)
			opts_usage(&opts, "--forward %s: %s", *text, why);
	}
}

/* How the person gets there from here. */
static void print_forwards(const struct qemu *q)
{
	const struct qemu_forward *f;

	for (f = q->forwards; f < q->forwards + q->n_forwards; f++)
		if (f->guest == 22)
			info("  ssh -p %u root@%s", f->host, f->addr);
		else if (f->guest == 80)
			info("  curl http://%s:%u/", f->addr, f->host);
		else
			info("  %s:%u is port %u of the guest", f->addr,
			     f->host, f->guest);
}

/* "PORT:/PATH", PORT the guest's or the host's of a forward. */
static const struct qemu_forward *find_probe(const struct qemu *q)
{
	struct span port, path;
	unsigned int i, pass;
	uint64_t v;

	text_cut(text_span(probe), ':', &port, &path);
	if (text_u64(port, &v) || !path.n || *path.p != '/')
		opts_usage(&opts, "--probe %s: expected PORT:/PATH", probe);
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < q->n_forwards; i++)
			if (v ==
			    (pass ? q->forwards[i].host : q->forwards[i].guest))
				return &q->forwards[i];
	opts_usage(&opts, "--probe %s: no --forward of that port", probe);
}

/* The guest is off: was that what was wanted? */
static int ended(struct qemu *q, const char *missing)
{
	int status = qemu_end(q);

	if (status)
		warn("qemu-system-x86_64: ended with status %d", status);
	else if (missing)
		warn("guest: ended before '%s' was seen", missing);
	else if (probe)
		warn("guest: ended before %s answered", probe);
	return status || missing || probe ? EXIT_FAILED : EXIT_DONE;
}

static int verdict(struct qemu *q, enum console_end end, const char *missing)
{
	if (end == CONSOLE_CLOSED)
		return ended(q, missing);
	qemu_stop(q);
	if (end == CONSOLE_SEEN || end == CONSOLE_LEFT)
		return EXIT_DONE;
	if (end == CONSOLE_SIGNAL)
		warn("stopped by a signal");
	else if (end == CONSOLE_FAILED)
		warn("guest: the boot failed, see the line above");
	else if (missing)
		warn("guest: '%s' was not seen in time", missing);
	else if (probe)
		warn("guest: %s did not answer in time", probe);
	else
		warn("guest: time is up");
	return EXIT_FAILED;
}

static int watch(struct qemu *q, const struct qemu_forward *page, uint64_t sec)
{
	struct console c = {
		.from = q->from, .to = q->to, .log = -1, .done = -1};
	const char *missing;
	enum console_end end;

	if (expect || page)
		c.expect = lines(expect);
	if (page)
		c.done = probe_start(page->addr, page->host,
				     strchr(probe, ':') + 1, probe_text);
	if (sec)
		c.deadline = clock_ms() + 1000 * sec;
	if (log_path) {
		c.log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			     0644);
		if (c.log < 0)
			die("%s: cannot write:", log_path);
	}
	end = console_run(&c, &missing);
	return verdict(q, end, missing);
}

/* Is it XX:XX:XX:XX:XX:XX? */
static bool is_mac(const char *text)
{
	unsigned int i;

	for (i = 0; i < 17; i++)
		if (i % 3 == 2 ? text[i] != ':'
			       : !isxdigit((unsigned char)text[i]))
			return false;
	return !text[17];
}

static void add_taps(struct qemu *q)
{
	char **list = lines(taps), **t;

	for (t = list; *t; t++) {
		if (q->n_taps == QEMU_TAPS_MAX)
			opts_usage(&opts, "--tap %s: more than %d cards", *t,
				   QEMU_TAPS_MAX);
		if (!site_name_ok(*t) || !if_nametoindex(*t))
			opts_usage(&opts, "--tap %s: no such interface", *t);
		q->taps[q->n_taps++] = *t;
	}
	if (q->n_taps && (role || *extra || forwards))
		opts_usage(&opts, "--tap: what boots is up to the network; no "
				  "--role, --append, --forward");
}

static void set_machine(struct qemu *q)
{
	q->ram_mb = number("ram", ram, 64, 1 << 20);
	q->cpus = cpus ? number("cpus", cpus, 1, 256) : 0;
	if (uefi && bios)
		opts_usage(&opts, "--bios or --uefi, not both");
	q->uefi = uefi;
	if (mac && !is_mac(mac))
		opts_usage(&opts, "--mac %s: expected XX:XX:XX:XX:XX:XX", mac);
	q->mac = mac;
	if (disk && strchr(disk, ','))
		opts_usage(&opts, "--disk %s: QEMU takes no comma", disk);
	if (disk && access(disk, R_OK | W_OK))
		die("%s:", disk);
	q->disk = disk;
	add_taps(q);
}

/* The published tree, over a server of our own on the user network. */
static struct httpd *serve_tree(struct qemu *q, const struct site *site,
				struct receive **receive)
{
	struct httpd_conf conf = {
		.listen = "127.0.0.1:0", .dir = tree, .log = verbose};
	struct httpd *h;

	if (site->dir)
		*receive = take_reports(site, &conf);
	h = httpd_start(&conf);
	add_entry(h, q->kvm);
	q->bootfile = xasprintf("http://" GATEWAY ":%u/" ENTRY, httpd_port(h));
	info("booting %s under %s, %u MB%s", role ? role : "the site's choice",
	     q->kvm ? "KVM" : "TCG (slower)", q->ram_mb,
	     q->input ? "; Ctrl-A X leaves" : "");
	print_forwards(q);
	return h;
}

static void find_tree(struct site *site)
{
	if (!tree || dir)
		site_open(site, dir);
	if (!tree)
		tree = site_path(site, "public");
	check_tree();
}

int main(int argc, char **argv)
{
	const struct qemu_forward *page = NULL;
	struct httpd *h = NULL;
	static struct qemu q;
	struct receive *receive = NULL;
	struct site site = {0};
	uint64_t sec;
	int status;

	if (opts_parse(&opts, argc, argv) != argc)
		opts_usage(&opts, "takes no operands");
	set_machine(&q);
	sec = timeout		? number("timeout", timeout, 1, 86400)
	      : expect || probe ? TIMEOUT_SEC
				: 0;
	check_append();
	if (!text_name_ok(text_span(nic)))
		opts_usage(&opts, "--nic %s: no model's name", nic);
	add_forwards(&q);
	if (probe)
		page = find_probe(&q);
	if (!q.n_taps || tree || dir)
		find_tree(&site);
	spawn_need("qemu-system-x86_64", "qemu-system-x86");
	qemu_firmware(&q);
	q.kvm = choose_kvm();
	if (!cpus)
		q.cpus = q.kvm ? 2 : 1;
	q.nic = nic;
	q.input = isatty(0) && isatty(1) && !expect && !probe;
	signal(SIGPIPE, SIG_IGN);
	if (!q.n_taps)
		h = serve_tree(&q, &site, &receive);
	qemu_start(&q);
	status = watch(&q, page, sec);
	if (h)
		httpd_stop(h);
	receive_stop(receive);
	return status;
}

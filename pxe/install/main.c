// SPDX-License-Identifier: MIT
/*
 * main.c - slipway install: put a release onto a disk of this machine, or
 * into an image of one, so that it starts from there.
 */
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "answers.h"
#include "ask.h"
#include "busy.h"
#include "disks.h"
#include "end.h"
#include "firmware.h"
#include "format/text.h"
#include "holds.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "host/progress.h"
#include "machine.h"
#include "media/target.h"
#include "medium.h"
#include "origin.h"

static struct {
	const char *disk, *image, *size, *sector, *from, *role, *root;
	const char *tls_roots, *consent, *layout, *percent, *upper, *console;
	const char *append, *timeout, *answers, *cmdline, *end, *progress;
	bool list, dry, json;
} opt = {.cmdline = "/proc/cmdline"};

static const struct opt table[] = {
	{"disk", 0, "WHICH",
	 "path, or size=, model=, serial=, name= (default: the only one)", NULL,
	 &opt.disk},
	{"image", 0, "FILE", "an image of a disk, not a disk", NULL,
	 &opt.image},
	{"size", 0, "SIZE", "make that image, of this size", NULL, &opt.size},
	{"sector-size", 0, "N", "of an image: 512 or 4096 (default 512)", NULL,
	 &opt.sector},
	{"from", 0, "TREE",
	 "folder, URL or LABEL=NAME[:/PATH] (default: as this was booted)",
	 NULL, &opt.from},
	{"role", 0, "ROLE", "what the machine will be (default: the site's)",
	 NULL, &opt.role},
	{"root", 0, "FILE", "trust anchor (default: that of this boot)", NULL,
	 &opt.root},
	{"tls-roots", 0, "FILE", "roots for https (default: the system's)",
	 NULL, &opt.tls_roots},
	{"consent", 0, "WORD", "ERASE-SERIAL: lose what is on the disk", NULL,
	 &opt.consent},
	{"layout", 0, "FILE", "partitions, in sfdisk's language", NULL,
	 &opt.layout},
	{"persistent-percent", 0, "N", "of what is left (default 50, 0: none)",
	 NULL, &opt.percent},
	{"upper", 0, "LABEL", "writable layer on LABEL=PERSISTENT, not in RAM",
	 NULL, &opt.upper},
	{"console", 0, "LIST", "consoles (default 'ttyS0,115200 tty0')", NULL,
	 &opt.console},
	{"append", 0, "WORDS", "more words for the kernel", NULL, &opt.append},
	{"timeout", 0, "N", "seconds of the menu (default 5)", NULL,
	 &opt.timeout},
	{"answers", 0, "FILE", "answer file (default /run/slipway/answer)",
	 NULL, &opt.answers},
	{"cmdline", 0, "FILE", "kernel words (default /proc/cmdline)", NULL,
	 &opt.cmdline},
	{"end", 0, "ACTION", "then poweroff, reboot, shell or none", NULL,
	 &opt.end},
	{"list", 'l', NULL, "show the disks and end", &opt.list, NULL},
	{"dry-run", 'n', NULL, "prove all, show the plan, write nothing",
	 &opt.dry, NULL},
	{"json", 0, NULL, "the facts as one JSON object", &opt.json, NULL},
	{"progress-fd", 0, "N", "a JSON line for each step to that descriptor",
	 NULL, &opt.progress},
	{0},
};

static const struct opts opts = {
	.prog = "slipway install",
	.usage = "[--disk WHICH] [--image FILE] [--size SIZE] "
		 "[--sector-size N] [--from TREE] [--role ROLE] [--root FILE] "
		 "[--tls-roots FILE] [--consent WORD] [--layout FILE] "
		 "[--persistent-percent N] [--upper LABEL] [--console LIST] "
		 "[--append WORDS] [--timeout N] [--answers FILE] "
		 "[--cmdline FILE] [--end ACTION] [-l] [-n] [--json] "
		 "[--progress-fd N]",
	.about = "Install a release onto a disk of this machine.",
	.opts = table,
};

static const struct answers_key keys[] = {
	{"disk", &opt.disk},
	{"image", &opt.image},
	{"size", &opt.size},
	{"sector-size", &opt.sector},
	{"from", &opt.from},
	{"role", &opt.role},
	{"root", &opt.root},
	{"tls-roots", &opt.tls_roots},
	{"consent", &opt.consent},
	{"layout", &opt.layout},
	{"upper", &opt.upper},
	{"persistent-percent", &opt.percent},
	{"append", &opt.append},
	{"console", &opt.console},
	{"timeout", &opt.timeout},
	{"end", &opt.end},
	{NULL, NULL},
};

static uint64_t number(const char *name, const char *text, uint64_t fallback,
		       uint64_t max)
{
	uint64_t v = fallback;

	if (text && (text_u64(text_span(text), &v) || v > max))
		opts_usage(&opts, "%s %s: not a number up to %llu", name, text,
			   (unsigned long long)max);
	return v;
}

/* As this machine was booted: its medium, else its first server. */
static void default_origin(void)
{
	char *source = answers_word(opt.cmdline, "slipway.source");
	char *url = answers_word(opt.cmdline, "slipway.url");

	if (opt.from)
		return;
	if (source && !strncmp(source, "LABEL=", 6))
		opt.from = source;
	else if (source && !strcmp(source, "disk"))
		opt.from = "LABEL=SLIPWAY";
	else if (url)
		opt.from = xasprintf("%.*s", (int)strcspn(url, ","), url);
	else
		opts_usage(
			&opts,
			"--from: not given, and the kernel's words name no medium or server");
}

static void default_root(void)
{
	static const char *const there[] = {"/run/slipway/root.der",
					    "/etc/slipway/root.crt"};
	size_t i;

	for (i = 0; !opt.root && i < 2; i++)
		if (!access(there[i], R_OK))
			opt.root = there[i];
	if (!opt.root)
		opts_usage(&opts, "--root: not given, and %s is not there",
			   there[0]);
}

static char *own_medium(void)
{
	char *source = answers_word(opt.cmdline, "slipway.source");
	char *label = medium_label(source ? source : opt.from);

	free(source);
	return label;
}

static void make_image(void)
{
	uint64_t size;
	int fd;

	if (!opt.size || !access(opt.image, F_OK))
		return;
	if (text_size(text_span(opt.size), &size))
		opts_usage(&opts, "--size %s: not a size", opt.size);
	fd = open(opt.image, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || ftruncate(fd, size))
		die("%s: cannot create:", opt.image);
	close(fd);
}

/* A person is there to be asked, and nobody has said that none is. */
static bool may_ask(void)
{
	char *word = answers_word(opt.cmdline, "slipway.install");
	bool may = !opt.disk && !opt.answers && !word && isatty(STDIN_FILENO);

	free(word);
	return may && access(ANSWERS_FILE, F_OK);
}

static const struct disks_one *choose(void)
{
	static struct disks l;
	char *medium = own_medium();
	const struct disks_one *d;

	if (opt.image) {
		make_image();
		disks_image(&l.d[0], opt.image,
			    number("--sector-size", opt.sector, 512, 4096));
		d = &l.d[0];
		if (d->why_not[0])
			die("%s: %s; it is left alone", d->path, d->why_not);
	} else if (may_ask()) {
		disks_list(&l, medium);
		d = ask_disk(&l, &opt.consent);
	} else {
		d = disks_choose(&l, opt.disk, medium);
	}
	free(medium);
	return d;
}

struct report {
	const struct disks_one *d;
	int fd; /* or -1 */
};

static void told(void *user, const char *what, unsigned int i, unsigned int n)
{
	const struct report *r = user;

	if (isatty(STDERR_FILENO))
		info("%u of %u: %s", i, n, what);
	if (r->fd >= 0)
		dprintf(r->fd, "{\"step\":%u,\"of\":%u,\"what\":\"%s\"}\n", i,
			n, what);
}

static void print_facts(const struct disks_one *d, const struct load *l,
			const char *did)
{
	struct json_object *o;

	if (!opt.json) {
		printf("%s: %s serial %llu, role %s, %llu MB: %s\n", d->path,
		       l->site, (unsigned long long)l->serial, l->roles[0],
		       (unsigned long long)l->size / 1000000, did);
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "disk", json_object_new_string(d->path));
	json_object_object_add(o, "disk-serial",
			       json_object_new_string(d->serial));
	json_object_object_add(o, "sector", json_object_new_int64(d->sector));
	json_object_object_add(o, "site", json_object_new_string(l->site));
	json_object_object_add(o, "serial", json_object_new_int64(l->serial));
	json_object_object_add(o, "role", json_object_new_string(l->roles[0]));
	json_object_object_add(o, "bytes", json_object_new_int64(l->size));
	json_object_object_add(o, "done", json_object_new_string(did));
	puts(json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static void load_release(struct load *l)
{
	const char *tmp = getenv("TMPDIR");
	char *work = xasprintf("%s/slipway-install.XXXXXX", tmp ? tmp : "/tmp");
	static struct manifest_machine machine;
	const struct origin_want want = {
		.from = opt.from,
		.role = opt.role,
		.machine = &machine,
		.root = opt.root,
		.tls_roots = opt.tls_roots,
		.work = work,
	};

	if (!mkdtemp(work))
		die("%s:", work);
	outfile_cleanup(work);
	/* whose disk an image will be is not known */
	if (!opt.image)
		machine_identity(&machine);
	origin_load(l, &want);
}

/* Marked first; what makes it start takes the mark's place. */
static void write_disk(const struct disks_one *d, const struct target *t)
{
	char id[PARTS_UUID], why[DISKS_TEXT * 2] = "";
	struct parts p;

	/* again: two media of one label, and this one may be mounted now */
	if (!d->image)
		busy_disk(d->name, NULL, why, sizeof(why));
	if (why[0])
		die("%s: %s; it is left alone", d->path, why);
	parts_uuid(t->plan->seed, "disk", id);
	holds_mark(d, id);
	target_write(t, &p);
	if (!d->image && p.p[PARTS_ESP].number)
		firmware_entry(d->path, p.p[PARTS_ESP].number);
	sync();
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	struct load_menu menu = {0};
	struct parts_plan plan = {0};
	struct report report = {.fd = -1};
	struct target t = {
		.plan = &plan, .menu = &menu, .step = told, .user = &report};
	const struct disks_one *d;
	struct load l;

	if (at != argc)
		opts_usage(&opts, "expected no '%s'", argv[at]);
	answers_read(keys, opt.answers, opt.cmdline);
	if (opt.list) {
		static struct disks all;

		disks_list(&all, own_medium());
		disks_print(&all);
		return EXIT_DONE;
	}
	end_check(opt.end);
	default_origin();
	default_root();
	plan.layout = opt.layout;
	plan.persistent = number("--persistent-percent", opt.percent, 50, 90);
	menu = (struct load_menu){
		opt.console ? opt.console : "ttyS0,115200 tty0", opt.upper,
		opt.append, number("--timeout", opt.timeout, 5, 3600)};
	report.fd = opt.progress ? (int)number("--progress-fd", opt.progress, 0,
					       1024)
				 : -1;
	if (getrandom(plan.seed, sizeof(plan.seed), 0) != sizeof(plan.seed))
		die("random numbers:");
	d = choose();
	report.d = d;
	disks_consent(d, opt.consent);
	load_release(&l);
	t.path = d->path;
	t.sector = d->sector;
	t.size = d->size;
	t.load = &l;
	target_check(&t);
	if (opt.dry) {
		print_facts(d, &l, "would be installed");
		return EXIT_DONE;
	}
	write_disk(d, &t);
	print_facts(d, &l, "installed");
	medium_close();
	fflush(stdout);
	end_do(opt.end);
	return EXIT_DONE;
}

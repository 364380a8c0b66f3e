// SPDX-License-Identifier: MIT
/* update.c - slipway update: the order of things. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "confirm.h"
#include "get.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "media/grub.h"
#include "pin.h"
#include "releases.h"
#include "status.h"
#include "tree.h"

#define KEEP	  3
#define LIMIT_MIN (16u << 10)

static const char *boot, *keep_text, *limit_text, *jitter_text;
static bool check_only, now, force, once, json, reboot_it;
static struct update u;

static const struct opt table[] = {
	{"boot", 0, "DIR", "the BOOT file system (default: by its label)", NULL,
	 &boot},
	{"url", 0, "URL", "this mirror, not those of the disk", NULL, &u.url},
	{"role", 0, "NAME", "the role (default: as the site says)", NULL,
	 &u.role},
	{"channel", 0, "NAME", "of the site (default: the running one's)", NULL,
	 &u.channel},
	{"check", 0, NULL, "say what there is, fetch no layer", &check_only,
	 NULL},
	{"now", 0, NULL, "do not wait for --jitter", &now, NULL},
	{"force", 0, NULL, "take a release that has failed here", &force, NULL},
	{"jitter", 0, "SECONDS", "wait up to so long first", NULL,
	 &jitter_text},
	{"limit", 0, "RATE", "bytes a second, as 500K", NULL, &limit_text},
	{"keep", 0, "N", "releases that stay on the disk (default 3)", NULL,
	 &keep_text},
	{"tls-roots", 0, "FILE", "whom https believes", NULL, &u.roots},
	{"once", 0, NULL, "pin: for the next boot only", &once, NULL},
	{"reboot", 0, NULL, "confirm: restart when a trial fails", &reboot_it,
	 NULL},
	{"json", 0, NULL, "facts as JSON", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway update",
	.usage =
		"[OPTION...] [status | pin SERIAL | unpin | confirm | menu LABEL]",
	.about = "Bring an installed machine to the site's newest release.",
	.opts = table,
};

static uint64_t number(const char *name, const char *text, uint64_t min,
		       uint64_t max, bool size)
{
	uint64_t v;

	if ((size ? text_size(text_span(text), &v)
		  : text_u64(text_span(text), &v)) ||
	    v < min || v > max)
		opts_usage(&opts, "--%s %s: expected a number from %llu", name,
			   text, (unsigned long long)min);
	return v;
}

static void fail(const struct fetch_error *e)
{
	char name[24];

	die("%s: %s", fetch_error_name(e, name), e->text);
}

/* Many machines have the same timer. */
static void wait_a_while(unsigned int most)
{
	if (!most || now || check_only)
		return;
	srandom((unsigned int)time(NULL) ^ (unsigned int)getpid() << 16);
	sleep((unsigned int)random() % (most + 1));
}

struct facts {
	const char *result;
	uint64_t serial, total, local, bytes;
	unsigned int requests;
};

static void tell(const struct facts *f)
{
	if (json) {
		printf("{\"result\":\"%s\",\"serial\":%llu,\"total\":%llu,"
		       "\"local\":%llu,\"fetched\":%llu,\"requests\":%u}\n",
		       f->result, (unsigned long long)f->serial,
		       (unsigned long long)f->total,
		       (unsigned long long)f->local,
		       (unsigned long long)f->bytes, f->requests);
		return;
	}
	printf("release %llu: %s\n", (unsigned long long)f->serial, f->result);
	if (f->total)
		printf("%llu bytes, of which %llu were here; fetched %llu in %u requests\n",
		       (unsigned long long)f->total,
		       (unsigned long long)f->local,
		       (unsigned long long)f->bytes, f->requests);
}

/* Why nothing is to be done, or NULL. */
static const char *settled(const struct manifest *m)
{
	const struct state *s = &u.state;
	struct fetch_error e;

	if (s->pin && s->pin != m->serial)
		return "pinned to another";
	if (state_is_bad(s, m->serial) && !force)
		return "failed here before";
	if (s->chosen != m->serial)
		return NULL;
	return releases_check(&u, m->serial, &e) ? NULL : "up to date";
}

/* A cut between the state and GRUB's block is mended by whoever comes next. */
static void agree(void)
{
	const struct state *s = &u.state;
	bool trial = s->chosen != s->good;

	if (u.state_copies && u.env_good && u.env.good == s->good &&
	    u.env.try == (trial ? s->chosen : 0))
		return;
	/* one that was tried and left is for confirm to judge */
	if (u.env_good && u.env.try == s->chosen && !u.env.left)
		return;
	if (!s->good || !releases_have(&u, s->good))
		return;
	update_save(&u, GRUBENV_TRIES);
}

static void switch_to(uint64_t serial, unsigned int keep)
{
	u.state.chosen = serial;
	state_drop_bad(&u.state, serial);
	if (!u.state.good)
		u.state.good = serial;
	/* it may be this one that has been mended */
	if (u.env.counts)
		update_count_good(&u);
	update_save(&u, GRUBENV_TRIES);
	releases_prune(&u, keep);
	update_save(&u, GRUBENV_TRIES);
}

static void run(unsigned int jitter, unsigned int keep)
{
	static struct manifest m;
	static struct mirror mirror;
	struct cosign signatures = {0};
	struct get g = {
		.u = &u, .mirror = &mirror, .m = &m, .signatures = &signatures};
	struct facts f = {.result = "ready, boots next"};
	struct fetch_error e = {0};
	char *cms;

	wait_a_while(jitter);
	agree();
	mirror_open(&mirror, &u);
	if (mirror_manifest(&mirror, &u, &m, &cms, &g.cms_size, &signatures,
			    &e))
		fail(&e);
	g.cms = cms;
	f.serial = m.serial;
	g.role = tree_choose(&u, &m, &g.image);
	if (!g.role)
		die("E-ROLE: release %llu: has no role for this machine; name one with --role",
		    (unsigned long long)m.serial);
	mirror_add(&mirror, &m);
	if (settled(&m)) {
		f.result = settled(&m);
	} else if (check_only) {
		f.result = "available";
	} else {
		if (get_release(&g, &e))
			fail(&e);
		switch_to(m.serial, keep);
	}
	f.total = g.total;
	f.local = g.local;
	f.bytes = mirror.fetch.stats.bytes;
	f.requests = mirror.fetch.stats.requests;
	mirror_close(&mirror);
	tell(&f);
	cosign_free(&signatures);
	free(cms);
}

static int act(int n, char **word, unsigned int jitter, unsigned int keep)
{
	if (!n) {
		run(jitter, keep);
	} else if (n == 1 && !strcmp(word[0], "status")) {
		status_print(&u, json);
	} else if (n == 2 && !strcmp(word[0], "pin")) {
		pin_to(&u, number("pin", word[1], 1, INT64_MAX, false), once);
	} else if (n == 1 && !strcmp(word[0], "unpin")) {
		pin_to(&u, 0, false);
	} else if (n == 1 && !strcmp(word[0], "confirm")) {
		return confirm(&u, reboot_it);
	} else {
		opts_usage(
			&opts,
			"expected nothing, status, pin SERIAL, unpin, confirm or menu LABEL");
	}
	return EXIT_DONE;
}

static int menu(const char *label)
{
	char *text;

	if (!text_name_ok(text_span(label)))
		opts_usage(&opts, "menu %s: not a label", label);
	text = grub_config(label);
	fputs(text, stdout);
	free(text);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv), status;
	unsigned int jitter = 0, keep = KEEP;

	if (jitter_text)
		jitter = number("jitter", jitter_text, 0, 86400, false);
	if (keep_text)
		keep = number("keep", keep_text, 2, GRUBENV_ORDER, false);
	if (limit_text)
		u.limit =
			number("limit", limit_text, LIMIT_MIN, INT64_MAX, true);
	if (argc - at == 2 && !strcmp(argv[at], "menu"))
		return menu(argv[at + 1]);
	update_open(&u, boot);
	status = act(argc - at, argv + at, jitter, keep);
	update_close(&u);
	return status;
}

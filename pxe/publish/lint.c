// SPDX-License-Identifier: MIT
/*
 * lint.c - slipway lint: what publish would refuse. The code that publishes
 * says it: each check is a process that runs a part of it, and whose one line
 * is shown when it dies.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>

#include "conflicts.h"
#include "content.h"
#include "format/sqsb.h"
#include "host/alloc.h"
#include "host/anchors.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/spawn.h"
#include "past.h"
#include "release.h"
#include "rollout.h"
#include "tree.h"

#define NOTED_MAX 20 /* conflicts of a role, for people */

static const char *dir;
static bool json;
static struct site site;
static struct release release;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"json", 0, NULL, "one JSON object a line", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway lint",
	.usage = "[-C DIR] [--json]",
	.about = "Say what publish would refuse, and publish nothing.",
	.opts = table,
};

/* @why: what is bad about it; @note: what is good to know. Or NULL. */
static void tell(const char *what, const char *why, const char *note)
{
	const char *text = why ? why : note;
	struct json_object *o;

	if (!json) {
		printf("%-4s %s%s%s\n",
		       why    ? "bad"
		       : note ? "note"
			      : "ok",
		       what, text ? ": " : "", text ? text : "");
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "object", json_object_new_string(what));
	json_object_object_add(o, "ok", json_object_new_boolean(!why));
	if (text)
		json_object_object_add(o, why ? "why" : "note",
				       json_object_new_string(text));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

/* Run @check in a process of its own; what it says last is why it died. */
static bool passes(const char *what, void (*check)(void *arg), void *arg)
{
	static const char prefix[] = "slipway lint: ";
	int out[2], status = 0;
	char *why;
	pid_t pid;

	fflush(NULL);
	if (pipe2(out, O_CLOEXEC))
		die("pipe:");
	pid = fork();
	if (pid < 0)
		die("fork:");
	if (!pid) {
		dup2(out[1], STDERR_FILENO);
		check(arg);
		_exit(EXIT_DONE);
	}
	close(out[1]);
	why = spawn_tail(out[0], -1, 1);
	close(out[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	why[strcspn(why, "\n")] = '\0';
	tell(what,
	     !status				     ? NULL
	     : !strncmp(why, prefix, strlen(prefix)) ? why + strlen(prefix)
						     : why,
	     NULL);
	free(why);
	return !status;
}

static void check_keys(void *arg)
{
	char *leaf = site_path(&site, "keys/leaf.crt");
	char *root = site_path(&site, "keys/root.crt");
	size_t size;

	if (access(leaf, R_OK))
		die("%s: cannot read:", leaf);
	free(anchors_read(root, &size));
	free(root);
	free(leaf);
}

static void check_role(void *role)
{
	char *only[] = {role, NULL};
	size_t i;

	/* rules may be of other roles */
	for (i = 0; i < site.conf.n; i++)
		if (!strcmp(site.conf.items[i].section, "machines"))
			site.conf.items[i].section = "";
	collect_release(&release, &site, only);
}

/* What place_layers() would fill in, for a look at the text. */
static void fill_sizes(struct release *r)
{
	struct stat st;
	unsigned int i;

	for (i = 0; i < r->m.n_layers; i++) {
		if (stat(r->layer_path[i], &st))
			die("%s: cannot read:", r->layer_path[i]);
		r->m.layers[i].size = st.st_size;
		r->m.layers[i].index_size = 1;
	}
}

static void collect(void)
{
	collect_release(&release, &site, NULL);
	release.m.serial = past_serial(&site) + 1;
	rollout_collect(&release, release.m.serial);
	fill_sizes(&release);
}

static void check_whole(void *arg)
{
	static char text[MANIFEST_SIZE_MAX];
	static struct manifest again;
	struct fault f = {0};
	int n;

	collect();
	if (release.m.floor > release.m.serial)
		die("%s: [site] floor = %llu is above the serial of the next release, %llu",
		    site.conf.path, (unsigned long long)release.m.floor,
		    (unsigned long long)release.m.serial);
	n = manifest_print(&release.m, text, sizeof(text));
	if (n < 0)
		die("manifest: larger than %u KiB", MANIFEST_SIZE_MAX >> 10);
	if (manifest_parse(&again, (struct span){text, n}, &f))
		die("manifest: machines would refuse it at byte %llu: %s",
		    (unsigned long long)f.where, f.why);
	free(script_text(&release));
}

struct layer_check {
	unsigned int at;
	const char *name;
};

/* Roles that have the layer, without a grant for what is in it. */
static void check_grants(unsigned int at, const char *name, unsigned int need)
{
	const struct manifest_role *role;
	unsigned int i, k;

	for (i = 0; i < release.m.n_roles; i++) {
		role = &release.m.roles[i];
		for (k = 0; k < role->n_overlays; k++)
			if (role->overlays[k] == at && need & ~role->grants)
				die("%s: role %.*s lacks 'grants = %s' in its role.conf",
				    name, (int)role->name.n, role->name.p,
				    need & ~role->grants &
						    MANIFEST_GRANT_DEVNODES
					    ? "devnodes"
				    : need & ~role->grants &
						    MANIFEST_GRANT_SETID
					    ? "setid"
					    : "caps");
	}
}

static void check_layer(void *arg)
{
	const struct layer_check *c = arg;
	const struct manifest_layer *l = &release.m.layers[c->at];
	uint8_t got[DIGEST_SIZE];
	struct fetch_error e = {0};
	struct fault f = {0};
	unsigned int need = 0;
	struct tree_map m;
	struct sqsb sb;

	tree_map(&m, release.layer_path[c->at]);
	digest_of(m.p, m.size, got);
	if (!digest_equal(got, l->digest))
		die("%s: is not what was built; build it again with --force",
		    release.layer_path[c->at]);
	if (l->kind == MANIFEST_BASE) {
		if (sqsb_parse(&sb, m.p, m.size, m.size, &f))
			die("%s: %s", c->name, f.why);
		return;
	}
	if (content_check(c->name, l, m.p, &need, NULL, &e))
		die("%s", e.text);
	check_grants(c->at, c->name, need);
}

static unsigned int check_layers(void)
{
	unsigned int bad = 0, i;
	char *what;

	for (i = 0; i < release.m.n_layers; i++) {
		const struct manifest_layer *l = &release.m.layers[i];
		struct layer_check c = {.at = i};

		what = xasprintf("%s %.*s",
				 l->kind == MANIFEST_BASE ? "base" : "overlay",
				 (int)l->name.n, l->name.p);
		c.name = what;
		bad += !passes(what, check_layer, &c);
		free(what);
	}
	return bad;
}

struct noted {
	const char *what;
	unsigned int n;
};

static void note(void *user, const char *text)
{
	struct noted *t = user;

	if (t->n++ < NOTED_MAX || json)
		tell(t->what, NULL, text);
}

/* Nobody refuses them, but whoever stacks roles wants to know. */
static void note_conflicts(void)
{
	char *more;

	for (unsigned int i = 0; i < release.m.n_roles; i++) {
		const struct span name = release.m.roles[i].name;
		char *what = xasprintf("role %.*s", (int)name.n, name.p);
		struct noted t = {what, 0};

		conflicts_each(&release, i, note, &t);
		if (t.n > NOTED_MAX && !json) {
			more = xasprintf("%u paths more", t.n - NOTED_MAX);
			tell(what, NULL, more);
			free(more);
		}
		free(what);
	}
}

int main(int argc, char **argv)
{
	unsigned int bad = 0;
	char **role, *what;

	if (opts_parse(&opts, argc, argv) != argc)
		opts_usage(&opts, "takes no operands");
	site_open(&site, dir);
	bad += !passes("keys", check_keys, NULL);
	for (role = site_list(&site, "roles", "role.conf"); *role; role++) {
		what = xasprintf("role %s", *role);
		bad += !passes(what, check_role, *role);
		free(what);
	}
	/* rules, rollouts and the whole need every role */
	if (!bad && !passes("site", check_whole, NULL))
		bad++;
	if (!bad) {
		collect();
		bad += check_layers();
	}
	if (!bad)
		note_conflicts();
	if (bad)
		warn("%s: %u bad", site.dir, bad);
	return bad ? EXIT_FAILED : EXIT_DONE;
}

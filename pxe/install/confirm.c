// SPDX-License-Identifier: MIT
/* confirm.c - did this boot go well? */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "confirm.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"
#include "releases.h"

#define HOOK_SECONDS "120"

static int is_hook(const struct dirent *d)
{
	return d->d_name[0] != '.' && text_name_ok(text_span(d->d_name));
}

static bool run_hook(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	const char *const argv[] = {"timeout",	  "-k", "5",
				    HOOK_SECONDS, path, NULL};
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};
	int status = access(path, X_OK) ? 0 : spawn_run(&s);

	if (status == 124 || status == 137)
		warn("%s: no end within %s s", path, HOOK_SECONDS);
	else if (status)
		warn("%s: ended with status %d", path, status);
	free(path);
	return !status;
}

static bool healthy(void)
{
	const char *dir = getenv("SLIPWAY_HEALTH");
	struct dirent **list;
	bool good = true;
	int i, n;

	if (!dir)
		dir = CONFIRM_HOOKS;
	n = scandir(dir, &list, is_hook, alphasort);
	for (i = 0; i < n; i++) {
		good = good && run_hook(dir, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return good;
}

static int refuse(const struct update *u, bool restart)
{
	const char *const argv[] = {"systemctl", "reboot", NULL};
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};
	bool trial = u->running == u->state.chosen &&
		     u->state.chosen != u->state.good;

	warn("release %llu: not healthy, not confirmed%s",
	     (unsigned long long)u->running,
	     trial && restart ? "; restarting" : "");
	if (trial && restart)
		spawn_run(&s);
	return EXIT_FAILED;
}

/* The floor is what the release that now runs well says, and never falls. */
static void raise_floor(struct update *u)
{
	static struct manifest m;
	struct fetch_error e;
	char name[24], *cms;

	if (releases_manifest(u, u->running, &m, &cms, &e))
		die("%s: %s", fetch_error_name(&e, name), e.text);
	if (m.epoch > u->state.epoch) {
		u->state.epoch = m.epoch;
		u->state.floor = 0;
	}
	if (m.epoch == u->state.epoch && m.floor > u->state.floor)
		u->state.floor = m.floor;
	free(cms);
}

static void give_up(struct update *u)
{
	printf("release %llu: did not come up in %d boots; went back to %llu\n",
	       (unsigned long long)u->state.chosen, GRUBENV_TRIES,
	       (unsigned long long)u->running);
	state_add_bad(&u->state, u->state.chosen);
	if (u->state.pin == u->state.chosen)
		u->state.pin = 0;
	u->state.chosen = u->state.good;
	update_save(u, 0);
}

/* Whole, it gets its tries again; else an update has to mend it first. */
static void miss_good(struct update *u)
{
	struct fetch_error e;
	char name[24];

	printf("release %llu: the last good one, did not come up in %d boots\n",
	       (unsigned long long)u->state.good, GRUBENV_TRIES);
	if (releases_check(u, u->state.good, &e))
		warn("%s: %s", fetch_error_name(&e, name), e.text);
	else
		update_count_good(u);
}

int confirm(struct update *u, bool restart)
{
	struct state *s = &u->state;
	struct state before = *s;
	struct grubenv env = u->env;
	bool spent = u->env_good && u->env.try == s->chosen && !u->env.left;

	if (!u->running || !releases_have(u, u->running))
		die("this boot is not of a release on %s", u->home);
	if (!healthy())
		return refuse(u, restart);
	if (u->running == s->chosen)
		s->good = s->chosen;
	else if (u->running == s->good && s->chosen != s->good && spent)
		give_up(u);
	if (u->running == s->good) {
		raise_floor(u);
		update_count_good(u);
	} else if (u->env.counts && !u->env.good_left) {
		miss_good(u);
	}
	if (s->good != before.good || s->floor != before.floor ||
	    s->epoch != before.epoch || !u->env_good || !u->state_copies ||
	    u->env.counts != env.counts || u->env.good_left != env.good_left ||
	    (s->chosen == s->good && u->env.try))
		update_save(u, u->env.left);
	printf("release %llu: %s\n", (unsigned long long)u->running,
	       u->running == s->good ? "confirmed" : "runs well, for once");
	return EXIT_DONE;
}

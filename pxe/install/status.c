// SPDX-License-Identifier: MIT
/* status.c - what this disk has, and what boots next. */
#include <stdio.h>
#include <stdlib.h>

#include "format/json.h"
#include "host/error.h"
#include "releases.h"
#include "status.h"

#define TEXT_MAX 16384

/* As grub.cfg chooses. */
static uint64_t next_boot(const struct update *u)
{
	if (!u->env_good)
		return 0;
	if (u->env.once && releases_have(u, u->env.once))
		return u->env.once;
	if (u->env.try && u->env.left && releases_have(u, u->env.try))
		return u->env.try;
	return u->env.good;
}

static void release_json(struct text_out *o, const struct update *u,
			 uint64_t serial)
{
	struct fetch_error e = {0};
	char name[24] = "";

	if (releases_check(u, serial, &e))
		fetch_error_name(&e, name);
	json_open(o, NULL, "{");
	json_u64(o, "serial", serial);
	json_bool(o, "whole", !name[0]);
	json_text(o, "code", text_span(name));
	json_bool(o, "bad", state_is_bad(&u->state, serial));
	json_close(o, "}");
}

static void print_json(const struct update *u, const uint64_t *list, size_t n)
{
	char text[TEXT_MAX];
	struct text_out o = {.buf = text, .size = sizeof(text)};
	size_t i;

	json_open(&o, NULL, "{");
	json_u64(&o, "running", u->running);
	json_u64(&o, "good", u->state.good);
	json_u64(&o, "chosen", u->state.chosen);
	json_u64(&o, "next", next_boot(u));
	json_u64(&o, "tries_left", u->env.left);
	json_u64(&o, "pin", u->state.pin);
	json_u64(&o, "floor", u->state.floor);
	json_u64(&o, "epoch", u->state.epoch);
	json_u64(&o, "state_copies", (uint64_t)u->state_copies);
	json_bool(&o, "grubenv", u->env_good);
	json_open(&o, "releases", "[");
	for (i = 0; i < n; i++)
		release_json(&o, u, list[i]);
	json_close(&o, "]");
	json_close(&o, "}");
	if (text_put_end(&o) < 0)
		die("status: too many releases");
	printf("%.*s\n", (int)o.n, text);
}

static void print_release(const struct update *u, uint64_t serial)
{
	const struct state *s = &u->state;
	struct fetch_error e = {0};
	char name[24];

	printf("%llu%s%s%s%s%s%s\n", (unsigned long long)serial,
	       serial == u->running ? " running" : "",
	       serial == s->good ? " good" : "",
	       serial == s->chosen && serial != s->good ? " trial" : "",
	       serial == s->pin ? " pinned" : "",
	       state_is_bad(s, serial) ? " failed" : "",
	       serial == next_boot(u) ? " next" : "");
	if (releases_check(u, serial, &e))
		printf("  %s: %s\n", fetch_error_name(&e, name), e.text);
}

void status_print(struct update *u, bool json)
{
	size_t n, i;
	uint64_t *list = releases_list(u, &n);

	if (!u->env_good)
		warn("%s/grubenv: not readable; GRUB boots what it finds",
		     u->home);
	if (json) {
		print_json(u, list, n);
	} else {
		for (i = 0; i < n; i++)
			print_release(u, list[i]);
		printf("floor %llu, tries left %llu\n",
		       (unsigned long long)u->state.floor,
		       (unsigned long long)u->env.left);
	}
	free(list);
}

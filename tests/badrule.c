// SPDX-License-Identifier: MIT
/* badrule.c - rules of badhttpd: which requests, and what goes wrong. */
#include <errno.h>
#include <fnmatch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "badrule.h"

#define RULES_MAX 64
#define PATHS_MAX 1024
#define PATH_LEN  1024

struct rule {
	char glob[256];
	unsigned long first, last; /* requests of a path, counted from 1 */
	char *actions;
};

static struct rule rules[RULES_MAX];
static unsigned int n_rules;

static pthread_mutex_t paths_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char path[PATH_LEN];
	unsigned long count;
} paths[PATHS_MAX];

void badrule_usage(const char *what)
{
	fprintf(stderr, "badhttpd: %s\n", what);
	exit(2);
}

uint64_t badrule_number(const char *s)
{
	char *end;
	uint64_t v;

	errno = 0;
	v = strtoull(s, &end, 10);
	if (errno || *end || end == s)
		badrule_usage(s);
	return v;
}

struct word {
	const char *name;
	size_t at;
	enum { FLAG, NUMBER, STRING, SMALL, HEADER } kind;
};

#define WORD(name, kind)                                                       \
	{                                                                      \
#name, offsetof(struct act, name), kind                        \
	}

static const struct word words[] = {
	WORD(status, SMALL),
	WORD(interim, SMALL),
	WORD(redirect, STRING),
	WORD(body, STRING),
	WORD(swap, STRING),
	WORD(length, STRING),
	WORD(truncate, NUMBER),
	WORD(reset, NUMBER),
	WORD(stall, NUMBER),
	WORD(flip, NUMBER),
	WORD(extra, NUMBER),
	WORD(slow, NUMBER),
	WORD(pause, NUMBER),
	WORD(headcut, NUMBER),
	WORD(headreset, NUMBER),
	WORD(headstall, NUMBER),
	WORD(headslow, NUMBER),
	WORD(close, FLAG),
	WORD(norange, FLAG),
	WORD(wrongrange, FLAG),
	WORD(chunked, FLAG),
	WORD(bytewise, FLAG),
	WORD(garbage, FLAG),
	WORD(mute, FLAG),
	WORD(drop, FLAG),
	WORD(cork, FLAG),
	{"retry-after", offsetof(struct act, retry_after), STRING},
	{"header", 0, HEADER},
	{NULL, 0, FLAG},
};

static void act_word(struct act *a, char *name)
{
	char *value = strchr(name, '=');
	const struct word *w;
	void *at;

	if (value)
		*value++ = '\0';
	for (w = words; w->name && strcmp(w->name, name); w++)
		;
	if (!w->name || (w->kind == FLAG) != !value)
		badrule_usage(name);
	at = (char *)a + w->at;
	if (w->kind == FLAG)
		*(bool *)at = true;
	else if (w->kind == NUMBER)
		*(uint64_t *)at = badrule_number(value);
	else if (w->kind == SMALL)
		*(unsigned int *)at = badrule_number(value);
	else if (w->kind == STRING)
		*(const char **)at = value;
	else if (a->n_headers < BADRULE_HEADERS_MAX)
		a->headers[a->n_headers++] = value;
}

static void act_add(struct act *a, const char *actions)
{
	size_t n = strlen(actions) + 1;
	char *text = a->text + a->text_n, *save, *word;

	if (n > sizeof(a->text) - a->text_n)
		badrule_usage("too many actions");
	memcpy(text, actions, n);
	a->text_n += n;
	for (word = strtok_r(text, ";", &save); word;
	     word = strtok_r(NULL, ";", &save))
		act_word(a, word);
}

void badrule_none(struct act *a)
{
	memset(a, 0, sizeof(*a));
	a->truncate = a->reset = a->stall = a->flip = NEVER;
	a->headcut = a->headreset = a->headstall = NEVER;
}

/* "GLOB[#K[-L]] ACTIONS" */
void badrule_add(char *text)
{
	struct rule *r = &rules[n_rules];
	char *space = strchr(text, ' '), *hash, *dash;
	struct act probe;

	if (n_rules == RULES_MAX || !space ||
	    (size_t)(space - text) >= sizeof(r->glob))
		badrule_usage(text);
	*space = '\0';
	r->actions = space + 1;
	r->first = 1;
	r->last = (unsigned long)-1;
	hash = strchr(text, '#');
	if (hash) {
		*hash++ = '\0';
		dash = strchr(hash, '-');
		if (dash)
			*dash++ = '\0';
		r->first = badrule_number(hash);
		r->last = dash ? badrule_number(dash) : r->first;
	}
	memcpy(r->glob, text, strlen(text) + 1);
	n_rules++;
	badrule_none(&probe);
	act_add(&probe, r->actions);
}

static unsigned long count(const char *path)
{
	unsigned long n = 0;
	unsigned int i;

	pthread_mutex_lock(&paths_lock);
	for (i = 0; i < PATHS_MAX; i++) {
		if (paths[i].path[0] && strcmp(paths[i].path, path))
			continue;
		snprintf(paths[i].path, sizeof(paths[i].path), "%s", path);
		n = ++paths[i].count;
		break;
	}
	pthread_mutex_unlock(&paths_lock);
	return n;
}

void badrule_act(struct act *a, const char *path)
{
	unsigned long nth = count(path);
	unsigned int i;

	badrule_none(a);
	for (i = 0; i < n_rules; i++)
		if (nth >= rules[i].first && nth <= rules[i].last &&
		    !fnmatch(rules[i].glob, path + 1, 0))
			act_add(a, rules[i].actions);
}

// SPDX-License-Identifier: MIT
/*
 * opts.c - one option table per tool.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"

#define LONG_ONLY 256 /* getopt values of options without a letter */
#define HELP	  4096

static size_t count(const struct opts *o)
{
	size_t n = 0;

	while (o->opts[n].name)
		n++;
	return n;
}

static void help(const struct opts *o)
{
	const struct opt *t;
	char left[64];

	printf("usage: %s %s\n%s\n\n", o->prog, o->usage, o->about);
	for (t = o->opts; t->name; t++) {
		snprintf(left, sizeof(left), "%c%c%s --%s%s%s",
			 t->letter ? '-' : ' ', t->letter ? t->letter : ' ',
			 t->letter ? "," : " ", t->name, t->arg ? " " : "",
			 t->arg ? t->arg : "");
		printf("  %-26s %s\n", left, t->help);
	}
	printf("  %-26s %s\n", "    --help", "show this");
}

static void try_help(const struct opts *o) __attribute__((noreturn));

static void try_help(const struct opts *o)
{
	fprintf(stderr, "; try '%s --help'\n", o->prog);
	exit(EXIT_USAGE);
}

void opts_usage(const struct opts *o, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", o->prog);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	try_help(o);
}

static void apply(const struct opt *t, const char *value)
{
	if (!t->arg)
		*t->flag = true;
	else if (t->flag && *t->value)
		*t->value = xasprintf("%s\n%s", *t->value, value);
	else
		*t->value = value;
}

/* getopt's own tables out of ours. */
static struct option *long_table(const struct opts *o, size_t n, char *letters)
{
	struct option *l = xcalloc(n + 2, sizeof(*l));
	size_t i;

	*letters++ = ':';
	for (i = 0; i < n; i++) {
		l[i].name = o->opts[i].name;
		l[i].has_arg = o->opts[i].arg ? required_argument : no_argument;
		l[i].val = LONG_ONLY + i;
		if (!o->opts[i].letter)
			continue;
		*letters++ = o->opts[i].letter;
		if (o->opts[i].arg)
			*letters++ = ':';
	}
	*letters = '\0';
	l[n].name = "help";
	l[n].val = HELP;
	return l;
}

static void refuse(const struct opts *o, int c, char **argv)
{
	if (optopt && optopt < LONG_ONLY)
		fprintf(stderr, "%s: option '-%c' %s", o->prog, optopt,
			c == ':' ? "needs a value" : "is unknown");
	else
		fprintf(stderr, "%s: option '%s' %s", o->prog, argv[optind - 1],
			c == ':' ? "needs a value"
			: optopt ? "takes no value"
				 : "is unknown");
	try_help(o);
}

int opts_parse(const struct opts *o, int argc, char **argv)
{
	size_t n = count(o), i;
	char *letters = xmalloc(2 * n + 2);
	struct option *l = long_table(o, n, letters);
	int c;

	error_program(o->prog);
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, l, NULL)) != -1) {
		if (c == HELP) {
			help(o);
			exit(EXIT_DONE);
		}
		if (c == '?' || c == ':')
			refuse(o, c, argv);
		for (i = 0; i < n; i++)
			if (c == (int)(LONG_ONLY + i) || c == o->opts[i].letter)
				apply(&o->opts[i], optarg);
	}
	free(letters);
	free(l);
	return optind;
}

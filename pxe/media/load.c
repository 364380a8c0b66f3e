// SPDX-License-Identifier: MIT
/* load.c - what goes onto BOOT. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "load.h"

void load_add(struct load *l, const char *from, const char *to, const char *hex)
{
	struct load_file *f = &l->files[l->n];
	char got[DIGEST_HEX + 1];

	if (l->n == LOAD_FILES_MAX)
		die("release %llu: too many files",
		    (unsigned long long)l->serial);
	hash_file_hex(from, got, &f->size);
	if (hex && strcmp(hex, got))
		die("%s: wrong digest (expected %.12s, got %.12s)", from, hex,
		    got);
	strcpy(f->hex, got);
	f->from = xstrdup(from);
	f->to = xasprintf(LOAD_RELEASES "/%llu/%s",
			  (unsigned long long)l->serial, to);
	l->size += f->size;
	l->n++;
}

void load_free(struct load *l)
{
	unsigned int i;

	for (i = 0; i < l->n; i++) {
		free(l->files[i].from);
		free(l->files[i].to);
	}
	memset(l, 0, sizeof(*l));
}

/* GRUB splits and expands as shells do. */
static bool words_ok(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~' ||
		    strchr("\"'\\$;{}<>|&#", *text))
			return false;
	return true;
}

/* ttyS0,115200 among the consoles is GRUB's as well. */
static void print_console(FILE *f, const char *console)
{
	const char *serial = strstr(console, "ttyS");
	unsigned int unit = 0, speed = 115200;

	if (serial && sscanf(serial, "ttyS%3u,%7u", &unit, &speed) >= 1)
		fprintf(f,
			"serial --unit=%u --speed=%u\n"
			"terminal_input console serial\n"
			"terminal_output console serial\n",
			unit, speed);
}

static void print_words(FILE *f, const char *role, const struct load_menu *m)
{
	char *console = xstrdup(m->console), *word, *save;

	fprintf(f, " slipway.role=%s", role);
	for (word = strtok_r(console, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		fprintf(f, " console=%s", word);
	if (m->upper)
		fprintf(f, " slipway.upper=%s", m->upper);
	if (m->args && *m->args)
		fprintf(f, " %s", m->args);
	free(console);
}

static void print_entry(FILE *f, const struct load *l,
			const struct load_menu *m, uint64_t serial,
			const char *role, unsigned int key)
{
	unsigned long long n = serial;

	fprintf(f, "menuentry '%s serial %llu, role %s'", l->site, n, role);
	if (key <= 9)
		fprintf(f, " --hotkey=%u", key);
	fprintf(f,
		" --id %llu-%s {\n"
		"\tlinux " LOAD_RELEASES "/%llu/vmlinuz"
		" slipway.source=LABEL=BOOT:" LOAD_RELEASES "/%llu",
		n, role, n, n);
	print_words(f, role, m);
	fprintf(f, "\n\tinitrd " LOAD_RELEASES "/%llu/initrd.img\n}\n", n);
}

char *load_menu_text(const struct load *l, const struct load_menu *m,
		     const uint64_t *serials, unsigned int n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	unsigned int i, k, key = 1;

	if (!f)
		die("memory:");
	if (!words_ok(m->console) || (m->upper && !words_ok(m->upper)) ||
	    (m->args && !words_ok(m->args)))
		die("kernel words: a byte that means something to GRUB");
	fprintf(f, "set timeout=%u\nset default=0\n", m->timeout);
	print_console(f, m->console);
	for (i = 0; i < n; i++)
		for (k = 0; k < l->n_roles; k++)
			print_entry(f, l, m, serials[i], l->roles[k], key++);
	if (fclose(f))
		die("memory:");
	return text;
}

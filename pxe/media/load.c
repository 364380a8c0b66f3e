// SPDX-License-Identifier: MIT
/* load.c - what goes onto BOOT. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/grubenv.h"
#include "grub.h"
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

static void print_words(FILE *f, const struct load_menu *m)
{
	char *console = xstrdup(m->console), *word, *save;

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
			const struct load_menu *m, const char *role,
			unsigned int key)
{
	unsigned long long n = l->serial;

	fprintf(f, "menuentry '%s serial %llu, role %s'", l->site, n, role);
	if (key <= 9)
		fprintf(f, " --hotkey=%u", key);
	fprintf(f,
		" --id %llu-%s {\n"
		"\tlinux " LOAD_RELEASES "/%llu/vmlinuz"
		" slipway.source=LABEL=" LOAD_LABEL ":" LOAD_RELEASES
		"/%llu slipway.role=%s",
		n, role, n, n, role);
	print_words(f, m);
	fprintf(f, "\n\tinitrd " LOAD_RELEASES "/%llu/initrd.img\n}\n", n);
}

static void print_menu(FILE *f, const struct load *l, const struct load_menu *m)
{
	unsigned int i;

	fprintf(f, "set timeout=%u\nset default=0\n", m->timeout);
	print_console(f, m->console);
	for (i = 0; i < l->n_roles; i++)
		print_entry(f, l, m, l->roles[i], i + 1);
}

static void print_args(FILE *f, const struct load *l, const struct load_menu *m)
{
	fprintf(f, "set timeout=%u\nset args=\"", m->timeout);
	print_words(f, m);
	fputs("\"\n", f);
	print_console(f, m->console);
}

static void take(struct load_text *t, char *to, char *text, size_t size)
{
	*t = (struct load_text){to, text, size};
}

static void print_to(struct load_text *t, const char *to, const struct load *l,
		     const struct load_menu *m,
		     void (*print)(FILE *, const struct load *,
				   const struct load_menu *))
{
	FILE *f = open_memstream(&t->text, &t->size);

	if (!f)
		die("memory:");
	print(f, l, m);
	if (fclose(f))
		die("memory:");
	t->to = xstrdup(to);
}

static void first_env(struct load_text *t, const struct load *l)
{
	struct grubenv g = {
		.good = l->serial, .n_order = 1, .order = {l->serial}};
	char *block = xmalloc(GRUBENV_SIZE);

	if (grubenv_print(&g, block))
		die("release %llu: does not fit GRUB's block",
		    (unsigned long long)l->serial);
	take(t, xstrdup(LOAD_HOME "/grubenv"), block, GRUBENV_SIZE);
}

unsigned int load_texts(const struct load *l, const struct load_menu *m,
			struct load_text out[LOAD_TEXTS])
{
	struct span image = l->image.n ? l->image : text_span(GRUB_OWN);
	char *text;

	if (!words_ok(m->console) || (m->upper && !words_ok(m->upper)) ||
	    (m->args && !words_ok(m->args)))
		die("kernel words: a byte that means something to GRUB");
	if (l->n_roles != 1) {
		print_to(&out[0], LOAD_HOME "/grub.cfg", l, m, print_menu);
		return 1;
	}
	text = grub_config(LOAD_LABEL);
	take(&out[0], xstrdup(LOAD_HOME "/grub.cfg"), text, strlen(text));
	print_to(&out[1], LOAD_HOME "/args.cfg", l, m, print_args);
	first_env(&out[2], l);
	text = grub_boot_cfg(text_span(l->roles[0]), image);
	take(&out[3],
	     xasprintf(LOAD_RELEASES "/%llu/boot.cfg",
		       (unsigned long long)l->serial),
	     text, strlen(text));
	return 4;
}

void load_texts_free(struct load_text *texts, unsigned int n)
{
	for (; n--; texts++) {
		free(texts->to);
		free(texts->text);
	}
}

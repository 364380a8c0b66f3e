// SPDX-License-Identifier: MIT
/* answers.c - answer file and kernel words. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answers.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/site.h"

#define KEYS_MAX    64
#define CMDLINE_MAX 65536

static void from_file(const struct answers_key *keys, const char *file)
{
	const char *names[KEYS_MAX + 1], *v;
	struct ini ini; /* lives on: values point into it */
	unsigned int i;

	if (ini_read(&ini, file))
		die("%s:", file);
	for (i = 0; keys[i].name && i < KEYS_MAX; i++)
		names[i] = keys[i].name;
	names[i] = NULL;
	ini_known(&ini, "install", names);
	for (i = 0; keys[i].name; i++) {
		v = ini_get(&ini, "install", keys[i].name);
		if (v && !*keys[i].value)
			*keys[i].value = xstrdup(v);
	}
	ini_free(&ini);
}

/* The last word of a key counts, as in the kernel. */
char *answers_word(const char *cmdline, const char *key)
{
	char *text = outfile_slurp(cmdline, CMDLINE_MAX, NULL), *word, *save;
	char *found = NULL;
	size_t n = strlen(key);

	if (!text)
		return NULL;
	for (word = strtok_r(text, " \n", &save); word;
	     word = strtok_r(NULL, " \n", &save)) {
		if (strncmp(word, key, n) || (word[n] && word[n] != '='))
			continue;
		free(found);
		found = xstrdup(word + n + !!word[n]);
	}
	free(text);
	return found;
}

void answers_read(const struct answers_key *keys, const char *file,
		  const char *cmdline)
{
	unsigned int i;

	if (file || !access(ANSWERS_FILE, R_OK))
		from_file(keys, file ? file : ANSWERS_FILE);
	for (i = 0; keys[i].name; i++) {
		char *key = xasprintf("slipway.install.%s", keys[i].name);

		if (!*keys[i].value)
			*keys[i].value = answers_word(cmdline, key);
		free(key);
	}
}

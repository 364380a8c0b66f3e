// SPDX-License-Identifier: MIT
/*
 * custom.c - GRUB's environment block: a line that says what it is, NAME=VALUE
 * lines, '#' up to its end (GNU GRUB manual, "The GRUB environment block").
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "custom.h"
#include "host/alloc.h"
#include "host/error.h"
#include "media.h"

#define HEADER "# GRUB Environment Block\n"

void custom_blank(char block[CUSTOM_ENV_SIZE])
{
	memset(block, '#', CUSTOM_ENV_SIZE);
	memcpy(block, HEADER, strlen(HEADER));
}

static void set(char block[CUSTOM_ENV_SIZE], size_t *at, const char *name,
		const char *value)
{
	const char *why = value ? menu_words(value) : NULL;
	char *line;

	if (!value)
		return;
	if (why)
		die("--%s '%s': %s", name, value, why);
	line = xasprintf("%s=%s\n", name, value);
	if (*at + strlen(line) > CUSTOM_ENV_SIZE)
		die("--%s: does not fit, %d bytes are reserved for all words",
		    name, CUSTOM_ENV_SIZE);
	memcpy(block + *at, line, strlen(line));
	*at += strlen(line);
	free(line);
}

void custom_block(char block[CUSTOM_ENV_SIZE], const struct custom *c,
		  int extra)
{
	size_t at = strlen(HEADER);

	custom_blank(block);
	set(block, &at, "url", c->url);
	set(block, &at, "role", c->role);
	set(block, &at, "base", c->base);
	set(block, &at, "append", c->append);
	set(block, &at, "extra", extra ? "1" : NULL);
}

char *custom_value(const char block[CUSTOM_ENV_SIZE], const char *name)
{
	const char *at = block, *end = block + CUSTOM_ENV_SIZE, *eol;
	size_t n = strlen(name);

	while (at < end && (eol = memchr(at, '\n', end - at))) {
		if ((size_t)(eol - at) > n && !memcmp(at, name, n) &&
		    at[n] == '=')
			return xasprintf("%.*s", (int)(eol - at - n - 1),
					 at + n + 1);
		at = eol + 1;
	}
	return NULL;
}

/* SPDX-License-Identifier: MIT */
/* jsonfile.c - JSON that others wrote: bounded, checked, strict. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format/text.h"
#include "alloc.h"
#include "error.h"
#include "jsonfile.h"
#include "outfile.h"

#define SIZE_MAX_JSON (4u << 20)
#define DEPTH_MAX     32

static void check_digest(const char *path, const char *text, size_t size,
			 const char *digest)
{
	uint8_t raw[DIGEST_SIZE];
	char hex[DIGEST_HEX + 1];
	struct digest_ctx d;

	digest_init(&d);
	digest_update(&d, text, size);
	digest_final(&d, raw);
	digest_hex(raw, hex);
	if (strcmp(hex, digest))
		die("%s: damaged: sha256 is %.12s..., expected %.12s...", path,
		    hex, digest);
}

struct json_object *jsonfile_read(const char *path, const char *digest)
{
	struct json_tokener *tok;
	struct json_object *o;
	struct stat st;
	size_t size;
	char *text;

	if (lstat(path, &st))
		return NULL;
	if (!S_ISREG(st.st_mode))
		die("%s: not a regular file", path);
	text = outfile_slurp(path, SIZE_MAX_JSON, &size);
	if (!text)
		die("%s:", path);
	if (digest)
		check_digest(path, text, size, digest);
	tok = json_tokener_new_ex(DEPTH_MAX);
	if (!tok)
		die("memory:");
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	o = json_tokener_parse_ex(tok, text, size);
	if (!o || json_tokener_get_error(tok) != json_tokener_success)
		die("%s: not sound JSON", path);
	json_tokener_free(tok);
	free(text);
	return o;
}

struct json_object *jsonfile_need(const char *path, const char *digest)
{
	struct json_object *o = jsonfile_read(path, digest);

	if (!o)
		die("%s:", path);
	return o;
}

struct json_object *jsonfile_at(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	if (!json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, key, &v) ||
	    !json_object_is_type(v, json_type_object))
		return NULL;
	return v;
}

const char *jsonfile_text(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	if (!json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, key, &v) ||
	    !json_object_is_type(v, json_type_string))
		return NULL;
	return json_object_get_string(v);
}

struct json_object *jsonfile_list(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	if (!json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, key, &v) ||
	    !json_object_is_type(v, json_type_array))
		return NULL;
	return v;
}

const char *jsonfile_hex(const char *digest)
{
	uint8_t raw[DIGEST_SIZE];

	if (!digest || strncmp(digest, "sha256:", 7) ||
	    digest_unhex(text_span(digest + 7), raw))
		return NULL;
	return digest + 7;
}

/* SPDX-License-Identifier: MIT */
/* jsonfile.h - JSON that others wrote, in files. */
#ifndef HOST_JSONFILE_H
#define HOST_JSONFILE_H

#include <json-c/json.h>
#include "format/digest.h"

/*
 * jsonfile_read - the file at @path, which must have @digest (64 digits, or
 * NULL: any). NULL: no such file; dies when it is no sound JSON, larger than
 * 4 MiB, or has another digest. jsonfile_need - dies then too.
 */
struct json_object *jsonfile_read(const char *path, const char *digest);
struct json_object *jsonfile_need(const char *path, const char *digest);

/* jsonfile_text, jsonfile_list, jsonfile_at - the member @key, when it is of
 * that type; else NULL. */
const char *jsonfile_text(struct json_object *o, const char *key);
struct json_object *jsonfile_list(struct json_object *o, const char *key);
struct json_object *jsonfile_at(struct json_object *o, const char *key);

/* jsonfile_hex - 64 digits out of "sha256:..." or NULL. */
const char *jsonfile_hex(const char *digest);

#endif

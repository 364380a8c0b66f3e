/* SPDX-License-Identifier: MIT */
/* print.h - entries as people and programs read them. */
#ifndef LOOK_PRINT_H
#define LOOK_PRINT_H

#include <json-c/json.h>

#include "look.h"

/* print_path - a path with what a terminal would take for more than text
 * escaped as %XX (text_escape()); blanks stay. Static, of the last call. */
const char *print_path(const char *path);

/* print_caps - a file's capabilities in hex ("=ep" or "=p"), or NULL. Static.
 */
const char *print_caps(const struct look_entry *e);

/* print_line - one line of `ls -l`. */
void print_line(const struct look *l, const struct look_entry *e);

/* print_json - an entry as an object: path, layer, type, mode, ... */
struct json_object *print_json(const struct look *l,
			       const struct look_entry *e);

/* print_size - "12.3 MB", static, of the last four calls. */
const char *print_size(uint64_t bytes);

#endif

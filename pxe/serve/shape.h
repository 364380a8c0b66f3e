/* SPDX-License-Identifier: MIT */
/*
 * shape.h - a boot report as somebody has sent it: anybody can, so nothing is
 * kept but the fields known here, in their types and within their bounds.
 */
#ifndef SERVE_SHAPE_H
#define SERVE_SHAPE_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#define SHAPE_MAX (64u << 10) /* bytes of one report */

/*
 * shape_read - a report of @size bytes at @text, made anew: strings are
 * printable ASCII ('?' for what was none), numbers 0 to 2^53, unknown fields
 * gone. The caller's to json_object_put().
 *
 * Returns NULL with *@why, static text, when it is no report.
 */
struct json_object *shape_read(const char *text, size_t size, const char **why);

/* shape_text - the string @key of @o, "" without; shape_number - 0 without. */
const char *shape_text(struct json_object *o, const char *key);
int64_t shape_number(struct json_object *o, const char *key);

/* shape_list - the array @key of @o and its length, 0 without. */
struct json_object *shape_list(struct json_object *o, const char *key,
			       size_t *n);

/*
 * shape_slowest - the step that took longest, "" when there is none; *@ms
 * gets its milliseconds. It lives as long as @report.
 */
const char *shape_slowest(struct json_object *report, int64_t *ms);

#endif

// SPDX-License-Identifier: MIT
/*
 * shape.c - what a boot report may hold (initrd/report.c writes it).
 */
#include <stdbool.h>
#include <string.h>

#include "shape.h"

#define DEPTH	   5
#define NUMBER_MAX (1ll << 53)

enum kind { TEXT, NUMBER, FLAG };

struct field {
	const char *name;
	enum kind kind;
	unsigned int max; /* bytes of a text */
};

static const struct field top[] = {
	{"boot", TEXT, 64},	  {"result", TEXT, 24},
	{"error", TEXT, 200},	  {"site", TEXT, 128},
	{"mac", TEXT, 17},	  {"uuid", TEXT, 64},
	{"serial", TEXT, 128},	  {"boot_id", TEXT, 64},
	{"hostname", TEXT, 253},  {"kernel", TEXT, 64},
	{"role", TEXT, 128},	  {"image", TEXT, 128},
	{"mirror", TEXT, 512},	  {"init", NUMBER, 0},
	{"built", NUMBER, 0},	  {"manifest", NUMBER, 0},
	{"uptime_ms", NUMBER, 0}, {"bytes", NUMBER, 0},
	{"requests", NUMBER, 0},  {"retries", NUMBER, 0},
	{"fallback", NUMBER, 0},  {NULL, TEXT, 0},
};

static const struct field step[] = {
	{"name", TEXT, 32},	    {"result", TEXT, 24},
	{"start_ms", NUMBER, 0},    {"stop_ms", NUMBER, 0},
	{"bytes", NUMBER, 0},	    {"failed_tries", NUMBER, 0},
	{"memory_peak", NUMBER, 0}, {NULL, TEXT, 0},
};

static const struct field layer[] = {
	{"name", TEXT, 160},
	{"mirror", TEXT, 512},
	{"size", NUMBER, 0},
	{"bytes", NUMBER, 0},
	{"start_ms", NUMBER, 0},
	{"stop_ms", NUMBER, 0},
	{"whole", FLAG, 0},
	{"failed_tries", NUMBER, 0},
	{"unpack_start_ms", NUMBER, 0},
	{"unpack_stop_ms", NUMBER, 0},
	{NULL, TEXT, 0},
};

static const struct field mirror[] = {
	{"url", TEXT, 512},  {"bytes", NUMBER, 0}, {"failures", NUMBER, 0},
	{"rate", NUMBER, 0}, {"bad", FLAG, 0},	   {NULL, TEXT, 0},
};

static const struct {
	const char *name;
	const struct field *fields;
	size_t max;
} lists[] = {
	{"steps", step, 64}, {"layers", layer, 64}, {"mirrors", mirror, 32}};

static struct json_object *text(struct json_object *v, const struct field *f)
{
	char buf[1024];
	size_t n, i;

	if (!json_object_is_type(v, json_type_string))
		return NULL;
	n = json_object_get_string_len(v);
	if (n > f->max || n >= sizeof(buf))
		return NULL;
	memcpy(buf, json_object_get_string(v), n);
	for (i = 0; i < n; i++)
		if (buf[i] < 0x20 || buf[i] > 0x7e)
			buf[i] = '?';
	return json_object_new_string_len(buf, n);
}

static struct json_object *value(struct json_object *v, const struct field *f)
{
	int64_t n;

	if (f->kind == TEXT)
		return text(v, f);
	if (f->kind == FLAG)
		return json_object_is_type(v, json_type_boolean)
			       ? json_object_get(v)
			       : NULL;
	if (!json_object_is_type(v, json_type_int))
		return NULL;
	n = json_object_get_int64(v);
	return n < 0 || n > NUMBER_MAX ? NULL : json_object_new_int64(n);
}

/* The known fields of @from, or NULL with @why when one is not as it must be.
 */
static struct json_object *fields(struct json_object *from,
				  const struct field *f, const char **why)
{
	struct json_object *to = json_object_new_object(), *v, *copy;

	if (!json_object_is_type(from, json_type_object)) {
		*why = "not an object where one must be";
		json_object_put(to);
		return NULL;
	}
	for (; f->name; f++) {
		if (!json_object_object_get_ex(from, f->name, &v))
			continue;
		copy = value(v, f);
		if (!copy) {
			*why = "a field of another type, or out of bounds";
			json_object_put(to);
			return NULL;
		}
		json_object_object_add(to, f->name, copy);
	}
	return to;
}

static bool copy_list(struct json_object *from, struct json_object *to,
		      size_t which, const char **why)
{
	struct json_object *in, *out, *one;
	size_t i, n;

	if (!json_object_object_get_ex(from, lists[which].name, &in))
		return true;
	*why = "a list that is none, or too long";
	if (!json_object_is_type(in, json_type_array))
		return false;
	n = json_object_array_length(in);
	if (n > lists[which].max)
		return false;
	out = json_object_new_array();
	json_object_object_add(to, lists[which].name, out);
	for (i = 0; i < n; i++) {
		one = fields(json_object_array_get_idx(in, i),
			     lists[which].fields, why);
		if (!one)
			return false;
		json_object_array_add(out, one);
	}
	return true;
}

static bool result_ok(const char *s)
{
	size_t n;

	if (!strcmp(s, "ok"))
		return true;
	if (strncmp(s, "E-", 2))
		return false;
	n = strspn(s + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	s += 2 + n;
	return n && (!*s || (*s == '-' && strlen(s) == 4 &&
			     strspn(s + 1, "0123456789") == 3));
}

static bool boot_ok(const char *s)
{
	size_t n = strspn(s, "0123456789abcdef");

	return n >= 16 && !s[n];
}

static bool version_ok(struct json_object *o)
{
	struct json_object *v;

	return json_object_object_get_ex(o, "slipway", &v) &&
	       json_object_is_type(v, json_type_int) &&
	       json_object_get_int64(v) == 1;
}

static struct json_object *parse(const char *p, size_t size, const char **why)
{
	struct json_tokener *t = json_tokener_new_ex(DEPTH);
	struct json_object *o;

	if (!t) {
		*why = "no memory";
		return NULL;
	}
	json_tokener_set_flags(t, JSON_TOKENER_STRICT |
					  JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, p, (int)size);
	if (json_tokener_get_error(t) != json_tokener_success) {
		*why = "not one JSON object";
		json_object_put(o);
		o = NULL;
	}
	json_tokener_free(t);
	return o;
}

struct json_object *shape_read(const char *p, size_t size, const char **why)
{
	struct json_object *in, *out;
	bool good = false;
	size_t i;

	*why = "too long";
	while (size && (p[size - 1] == '\n' || p[size - 1] == ' '))
		size--;
	in = size > SHAPE_MAX ? NULL : parse(p, size, why);
	out = in ? fields(in, top, why) : NULL;
	if (out && !version_ok(in))
		*why = "no report of this version";
	else if (out && !boot_ok(shape_text(out, "boot")))
		*why = "no boot number";
	else if (out && !result_ok(shape_text(out, "result")))
		*why = "no result";
	else
		good = out;
	for (i = 0; good && i < sizeof(lists) / sizeof(lists[0]); i++)
		good = copy_list(in, out, i, why);
	json_object_put(in);
	if (good)
		return out;
	json_object_put(out);
	return NULL;
}

const char *shape_text(struct json_object *o, const char *key)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, key, &v) ||
	    !json_object_is_type(v, json_type_string))
		return "";
	return json_object_get_string(v);
}

int64_t shape_number(struct json_object *o, const char *key)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, key, &v))
		return 0;
	return json_object_get_int64(v);
}

struct json_object *shape_list(struct json_object *o, const char *key,
			       size_t *n)
{
	struct json_object *v;

	*n = 0;
	if (!json_object_object_get_ex(o, key, &v) ||
	    !json_object_is_type(v, json_type_array))
		return NULL;
	*n = json_object_array_length(v);
	return v;
}

const char *shape_slowest(struct json_object *report, int64_t *ms)
{
	struct json_object *steps, *s;
	const char *name = "";
	int64_t took;
	size_t n, i;

	*ms = 0;
	steps = shape_list(report, "steps", &n);
	for (i = 0; i < n; i++) {
		s = json_object_array_get_idx(steps, i);
		took = shape_number(s, "stop_ms") - shape_number(s, "start_ms");
		if (took < *ms || (took == *ms && *name))
			continue;
		*ms = took;
		name = shape_text(s, "name");
	}
	return name;
}

// SPDX-License-Identifier: MIT
/* preview.c - who would boot what, by the rules that /init has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/proven.h"
#include "preview.h"

const struct manifest *preview_open(const struct site *site)
{
	char *path = site_path(site, "public/manifest.cms");
	char *root = site_path(site, "keys/root.crt");
	struct manifest *m = xmalloc(sizeof(*m));
	struct proven bytes;

	if (!proven_open(&bytes, m, path, root))
		die("%s: nothing is published yet (run 'slipway publish'):",
		    path);
	free(root);
	free(path);
	return m;
}

static void take(char *to, size_t size, const char *word, const char *path,
		 unsigned int line)
{
	if (!word || !strcmp(word, "-"))
		return;
	if (strlen(word) >= size)
		die("%s:%u: '%.60s' is too long", path, line, word);
	memcpy(to, word, strlen(word) + 1);
}

static void show(const struct manifest *m, const char *who, int role, int image,
		 const char *draw, bool json)
{
	struct span r = role < 0 ? text_span("-") : m->roles[role].name;
	struct span i = image < 0 ? text_span("-") : m->images[image].name;
	struct json_object *o;

	if (!json) {
		printf("%-20s %-16.*s %-8.*s %s\n", who, (int)r.n, r.p,
		       (int)i.n, i.p, draw);
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "host", json_object_new_string(who));
	json_object_object_add(o, "role",
			       json_object_new_string_len(r.p, (int)r.n));
	json_object_object_add(o, "image",
			       json_object_new_string_len(i.p, (int)i.n));
	json_object_object_add(o, "draw", json_object_new_string(draw));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

/* The first image of @role that is drawn for, or -1. */
static int drawn(const struct manifest *m, int role)
{
	unsigned int i;

	for (i = 0; role >= 0 && i < m->n_images; i++)
		if ((int)m->images[i].of == role)
			return i;
	return -1;
}

static void preview_host(const struct manifest *m,
			 const struct manifest_machine *who, const char *name,
			 int only, bool json)
{
	int role = manifest_role_of(m, who), image, first;
	uint8_t id[DIGEST_SIZE];
	char draw[16] = "-";

	if (only >= 0 && role != only)
		return;
	image = role < 0 ? -1 : manifest_image_of(m, role, who);
	first = drawn(m, role);
	if (first >= 0) {
		manifest_image_id(m, &m->images[first].is, id);
		snprintf(draw, sizeof(draw), "%u", manifest_draw(id, who));
	}
	show(m, name, role, image, draw, json);
}

void preview_hosts(const struct manifest *m, const char *path, const char *role,
		   int share, bool json)
{
	static struct manifest copy;
	FILE *f = strcmp(path, "-") ? fopen(path, "r") : stdin;
	int only = role ? manifest_role(m, text_span(role)) : -1, at;
	unsigned int n = 0;
	char *line = NULL;
	size_t room = 0;

	if (!f)
		die("%s:", path);
	if (role && only < 0)
		die("role %s: is not published", role);
	copy = *m;
	at = drawn(m, only);
	if (share >= 0 && at < 0)
		die("role %s: has no image to roll out", role);
	if (share >= 0)
		copy.images[at].share = share;
	while (getline(&line, &room, f) > 0) {
		struct manifest_machine who = {"", "", ""};
		char **w;

		n++;
		line[strcspn(line, "#\n")] = '\0';
		w = words(line);
		if (!w[0])
			continue;
		take(who.mac, sizeof(who.mac), w[0], path, n);
		take(who.uuid, sizeof(who.uuid), w[1], path, n);
		take(who.serial, sizeof(who.serial), w[1] ? w[2] : NULL, path,
		     n);
		preview_host(&copy, &who, w[0], only, json);
	}
	free(line);
	if (f != stdin)
		fclose(f);
}

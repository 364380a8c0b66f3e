// SPDX-License-Identifier: MIT
/*
 * rollout.c - what is built, for some of a role's machines only.
 */
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "past.h"
#include "rollout.h"

#define NEW "new"
#define OWN "own"

struct rollout {
	struct release *r;
	uint64_t serial;
	const struct manifest *past; /* see past() */
	struct ini kernels; /* state/kernels: [kernels] DIGEST = RELEASE */
	int candidate[MANIFEST_ROLES_MAX]; /* indexes images, or -1 */
};

/* The release before; read when it is needed, for it may be one whose key was
 * revoked or whose root was retired. */
static const struct manifest *past(struct rollout *o)
{
	if (!o->past)
		o->past = past_last(o->r->site, o->r->m.channel);
	return o->past;
}

/* The layer @l in this release too; its file is in the tree. */
static unsigned int keep_layer(struct release *r,
			       const struct manifest_layer *l)
{
	char hex[DIGEST_HEX + 1];
	unsigned int i;

	for (i = 0; i < r->m.n_layers; i++)
		if (digest_equal(r->m.layers[i].digest, l->digest))
			return i;
	if (r->m.n_layers == MANIFEST_LAYERS_MAX)
		die("manifest: more than %d layers; end a rollout or a pin",
		    MANIFEST_LAYERS_MAX);
	digest_hex(l->digest, hex);
	r->layer_path[i] =
		site_path(r->site, "public/layers/%s.%s", hex,
			  l->kind == MANIFEST_BASE ? "squashfs" : "cpio.gz");
	r->m.layers[i] = *l;
	r->m.n_layers++;
	return i;
}

/* The kernel is chosen by role, before anything is drawn: it must fit both. */
static void need_kernel(const struct rollout *o, unsigned int role,
			const struct manifest_layer *base)
{
	const struct manifest *m = &o->r->m;
	const struct release_boot *boot = &o->r->boots[o->r->role_boot[role]];
	char *path =
		site_path(o->r->site, "build/bases/%s/base.info", boot->base);
	char hex[DIGEST_HEX + 1];
	const char *now, *then;
	struct ini info;

	digest_hex(base->digest, hex);
	then = ini_get(&o->kernels, "kernels", hex);
	if (ini_read(&info, path))
		die("%s: cannot read:", path);
	now = ini_get(&info, "base", "kernel");
	if (!now || !then || strcmp(now, then))
		die("role %.*s: its images need one kernel (base built now: %s, base of the other image: %s); publish it whole with 'slipway rollout %.*s 10000'",
		    (int)m->roles[role].name.n, m->roles[role].name.p,
		    now ? now : "unknown", then ? then : "unknown",
		    (int)m->roles[role].name.n, m->roles[role].name.p);
	ini_free(&info);
	free(path);
}

/* @from of @old as a stack of this release, for machines of @role. */
static void keep_stack(const struct rollout *o, const struct manifest *old,
		       const struct manifest_role *from, unsigned int role,
		       struct manifest_role *to)
{
	const struct manifest_layer *base = &old->layers[from->base];
	struct release *r = o->r;
	unsigned int i;

	to->name = r->m.roles[role].name;
	to->grants = from->grants;
	to->n_overlays = from->n_overlays;
	for (i = 0; i < from->n_overlays; i++)
		to->overlays[i] =
			keep_layer(r, &old->layers[from->overlays[i]]);
	to->base = keep_layer(r, base);
	need_kernel(o, role, base);
}

static bool same(const struct manifest *a, const struct manifest_role *x,
		 const struct manifest *b, const struct manifest_role *y)
{
	uint8_t one[DIGEST_SIZE], two[DIGEST_SIZE];

	manifest_image_id(a, x, one);
	manifest_image_id(b, y, two);
	return digest_equal(one, two) && x->grants == y->grants;
}

static unsigned int add_image(struct release *r, unsigned int role,
			      struct span name, unsigned int share,
			      const struct manifest_role *is)
{
	struct manifest_image *image = &r->m.images[r->m.n_images];

	if (r->m.n_images == MANIFEST_IMAGES_MAX)
		die("manifest: more than %d images; end a rollout or a pin",
		    MANIFEST_IMAGES_MAX);
	*image = (struct manifest_image){
		.name = name, .of = role, .share = share, .is = *is};
	return r->m.n_images++;
}

/* The name that the same layers had, or one after this release. */
static struct span name_of(const struct rollout *o, unsigned int role,
			   int past_role)
{
	const struct manifest *m = &o->r->m, *old = o->past;
	unsigned int i;

	for (i = 0; i < old->n_images; i++)
		if ((int)old->images[i].of == past_role &&
		    same(old, &old->images[i].is, m, &m->roles[role]))
			return old->images[i].name;
	return text_span(xasprintf("r%llu", (unsigned long long)o->serial));
}

static void add_pin(struct release *r, enum manifest_key key, char *pattern,
		    unsigned int role, int image)
{
	struct manifest_pin *pin = &r->m.pins[r->m.n_pins];
	char *c;

	if (r->m.n_pins == MANIFEST_PINS_MAX)
		die("manifest: more than %d pins", MANIFEST_PINS_MAX);
	for (c = pattern; key != MANIFEST_SERIAL && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	*pin = (struct manifest_pin){
		.key = key,
		.pattern = text_span(pattern),
		.role = role,
		.image = image,
	};
	r->m.n_pins++;
}

static enum manifest_key key_of(const struct ini *conf,
				const struct ini_item *it, const char *word)
{
	static const char *const keys[] = {"mac", "uuid", "serial"};
	unsigned int k;

	for (k = 0; k < ARRAY_SIZE(keys); k++)
		if (!strcmp(keys[k], word))
			return k;
	die("%s:%u: '%s': expected mac, uuid or serial, and a pattern",
	    conf->path, it->line, word);
}

static void add_ring(struct rollout *o, unsigned int role, const char *ring)
{
	const struct ini *conf = &o->r->site->conf;
	const struct ini_item *it = NULL;
	size_t i;
	char **w;

	for (i = 0; i < conf->n; i++)
		if (!strcmp(conf->items[i].section, "rings") &&
		    !strcmp(conf->items[i].key, ring))
			it = &conf->items[i];
	if (!it)
		die("%s: [rollout] names ring '%s', which [rings] has not",
		    conf->path, ring);
	for (w = words(it->value); w[0]; w += 2) {
		if (!w[1])
			die("%s:%u: expected pairs of mac|uuid|serial and PATTERN",
			    conf->path, it->line);
		add_pin(o->r, key_of(conf, it, w[0]), w[1], role,
			o->candidate[role]);
	}
}

static uint64_t share_of(const struct ini *conf, const struct ini_item *it,
			 char **w)
{
	uint64_t share;

	if (!w[0])
		die("%s:%u: expected SHARE [RING...]", conf->path, it->line);
	if (!strcmp(w[0], "halt"))
		return 0;
	if (text_u64(text_span(w[0]), &share) || share > MANIFEST_SHARE_ALL)
		die("%s:%u: share '%s': expected 0 to %d, or halt", conf->path,
		    it->line, w[0], MANIFEST_SHARE_ALL);
	return share;
}

/* What is built becomes an image, and the last release's layers stay. */
static void split(struct rollout *o, unsigned int role, uint64_t share)
{
	struct release *r = o->r;
	struct manifest_role built = r->m.roles[role];
	int was = past(o) ? manifest_role(o->past, built.name) : -1;
	struct span name;

	if (!o->past && o->serial > 1 && !r->m.channel.n)
		die("role %.*s: public/ has no release whose layers the others could keep; publish it whole with 'slipway rollout %.*s whole'",
		    (int)built.name.n, built.name.p, (int)built.name.n,
		    built.name.p);
	if (was < 0 ||
	    same(o->past, &o->past->roles[was], &r->m, &r->m.roles[role])) {
		info("role %.*s: %s, nothing to roll out", (int)built.name.n,
		     built.name.p,
		     was < 0 ? "its first release" : "is as it was");
		return;
	}
	name = name_of(o, role, was);
	keep_stack(o, o->past, &o->past->roles[was], role, &r->m.roles[role]);
	o->candidate[role] = add_image(r, role, name, share, &built);
}

static void add_rollouts(struct rollout *o, bool rings)
{
	const struct ini *conf = &o->r->site->conf;
	const struct ini_item *it;
	uint64_t share;
	char **w, **ring;
	size_t i;
	int role;

	for (i = 0; i < conf->n; i++) {
		it = &conf->items[i];
		if (strcmp(it->section, "rollout"))
			continue;
		role = manifest_role(&o->r->m, text_span(it->key));
		if (role < 0)
			die("%s:%u: no role '%s' is published", conf->path,
			    it->line, it->key);
		w = words(it->value);
		share = share_of(conf, it, w);
		if (!rings && share < MANIFEST_SHARE_ALL)
			split(o, role, share);
		for (ring = w + 1; rings && o->candidate[role] >= 0 && *ring;
		     ring++)
			add_ring(o, role, *ring);
	}
}

/* Image "rSERIAL" of @role, out of the last release or of that one. */
static int find_image(struct rollout *o, unsigned int role, const char *name)
{
	struct release *r = o->r;
	struct span s = text_span(name), own = r->m.roles[role].name;
	const struct manifest_role *from = NULL;
	const struct manifest *old;
	struct manifest_role is;
	uint64_t serial;
	int at = manifest_image(&r->m, role, s), was;

	if (at >= 0)
		return at;
	old = past(o);
	was = old ? manifest_role(old, own) : -1;
	at = was < 0 ? -1 : manifest_image(old, was, s);
	if (at >= 0) {
		from = &old->images[at].is;
	} else if (name[0] == 'r' && !text_u64(text_span(name + 1), &serial)) {
		old = past_open(r->site, serial);
		was = old ? manifest_role(old, own) : -1;
		from = was < 0 ? NULL : &old->roles[was];
	}
	if (!from)
		return -ENOENT;
	if (same(old, from, &r->m, &r->m.roles[role]))
		return -1;
	keep_stack(o, old, from, role, &is);
	return add_image(r, role, text_span(xstrdup(name)), 0, &is);
}

static void pin(struct rollout *o, const struct ini_item *it, char **w)
{
	const struct ini *conf = &o->r->site->conf;
	enum manifest_key key = key_of(conf, it, w[0]);
	bool found = !strcmp(it->value, NEW) || !strcmp(it->value, OWN);
	unsigned int role;
	int image;

	for (role = 0; role < o->r->m.n_roles; role++) {
		if (!strcmp(it->value, OWN))
			image = -1;
		else if (!strcmp(it->value, NEW))
			image = o->candidate[role];
		else
			image = find_image(o, role, it->value);
		if (image == -ENOENT)
			continue;
		found = true;
		add_pin(o->r, key, xstrdup(w[1]), role, image);
	}
	if (!found)
		die("%s:%u: pin to '%s': no such image, nor release in state/manifests; there are new, own and rSERIAL",
		    conf->path, it->line, it->value);
}

static void add_pins(struct rollout *o)
{
	const struct ini *conf = &o->r->site->conf;
	const struct ini_item *it;
	char **w;
	size_t i;

	for (i = 0; i < conf->n; i++) {
		it = &conf->items[i];
		if (strcmp(it->section, "pins"))
			continue;
		w = words(it->key);
		if (!w[0] || !w[1] || w[2])
			die("%s:%u: expected 'mac|uuid|serial PATTERN = IMAGE'",
			    conf->path, it->line);
		pin(o, it, w);
	}
}

/* Where there is one image only, a pin says nothing. */
static void drop_idle_pins(struct manifest *m)
{
	unsigned int i, k, n = 0;

	for (i = 0; i < m->n_pins; i++) {
		for (k = 0; k < m->n_images; k++)
			if (m->images[k].of == m->pins[i].role)
				break;
		if (k < m->n_images)
			m->pins[n++] = m->pins[i];
	}
	m->n_pins = n;
}

void rollout_collect(struct release *r, uint64_t serial)
{
	struct rollout o = {.r = r, .serial = serial};
	char *path = site_path(r->site, "state/kernels");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(o.candidate); i++)
		o.candidate[i] = -1;
	ini_read(&o.kernels, path);
	add_rollouts(&o, false);
	add_pins(&o);
	add_rollouts(&o, true);
	drop_idle_pins(&r->m);
	r->m.min_init = manifest_version(&r->m);
	free(path);
}

void rollout_note(const struct release *r)
{
	char *path = site_path(r->site, "state/kernels"), *from, *text, *more;
	struct ini known = {0}, info;
	const char *kernel;
	char hex[DIGEST_HEX + 1];
	unsigned int i;
	size_t size;

	ini_read(&known, path);
	text = outfile_slurp(path, 1 << 20, &size);
	text = text ? text : xstrdup("[kernels]\n");
	for (i = 0; i < r->m.n_layers; i++) {
		if (r->m.layers[i].kind != MANIFEST_BASE)
			continue;
		digest_hex(r->m.layers[i].digest, hex);
		from = xasprintf("%.*sinfo", (int)strlen(r->layer_path[i]) - 8,
				 r->layer_path[i]);
		if (!ini_get(&known, "kernels", hex) &&
		    !ini_read(&info, from)) {
			kernel = ini_get(&info, "base", "kernel");
			more = xasprintf("%s%s = %s\n", text, hex,
					 kernel ? kernel : "none");
			free(text);
			text = more;
			ini_free(&info);
		}
		free(from);
	}
	outfile_put(path, 0644, text, strlen(text));
	free(text);
	free(path);
}

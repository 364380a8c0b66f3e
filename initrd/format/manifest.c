/* SPDX-License-Identifier: MIT */
/* manifest.c - the one signed text that names everything a machine boots. */
#include "format/index.h"
#include "format/manifest_fields.h"
#include "format/manifest_words.h"
#include "format/url.h"

#define MANIFEST_MAGIC_WORD "slipway-manifest "

/* In the one order that lines may have; those up to FLOOR stand once each. */
enum manifest_word {
	MANIFEST_W_SITE,
	MANIFEST_W_EPOCH,
	MANIFEST_W_SERIAL,
	MANIFEST_W_CREATED,
	MANIFEST_W_EXPIRES,
	MANIFEST_W_MIN_INIT,
	MANIFEST_W_FLOOR,
	MANIFEST_W_CHANNEL,
	MANIFEST_W_LAYER,
	MANIFEST_W_ROLE,
	MANIFEST_W_IMAGE,
	MANIFEST_W_PIN,
	MANIFEST_W_MACHINE,
	MANIFEST_W_DEFAULT,
	MANIFEST_W_MIRROR,
	MANIFEST_WORDS
};

static const char *const manifest_words[MANIFEST_WORDS] = {
	"site",	    "epoch", "serial",	"created", "expires",
	"min-init", "floor", "channel", "layer",   "role",
	"image",    "pin",   "machine", "default", "mirror"};

static int manifest_layer_of(const struct manifest *m,
			     const uint8_t digest[DIGEST_SIZE])
{
	unsigned int i;

	for (i = 0; i < m->n_layers; i++)
		if (digest_equal(m->layers[i].digest, digest))
			return i;
	return -ENOENT;
}

/* Optional, and passed over by a reader that does not know it. */
static int manifest_boot(struct manifest_parser *s, struct manifest_layer *l)
{
	struct span rest = s->line, value;

	if (!text_field(&rest, &value) || !text_strip(&value, "?boot="))
		return 0;
	if (digest_unhex(value, l->boot))
		return manifest_bad(s, -EBADMSG, "not a SHA-256");
	l->has_boot = true;
	return 0;
}

static int manifest_layer(struct manifest_parser *s)
{
	struct manifest_layer *l = &s->m->layers[s->m->n_layers];
	struct span kind;
	int err;

	if (s->m->n_layers == MANIFEST_LAYERS_MAX)
		return manifest_bad(s, -EOVERFLOW, "too many layers");
	memset(l, 0, sizeof(*l));
	if (!manifest_field(s, &kind))
		return manifest_bad(s, -EBADMSG, "layer without a kind");
	if (span_is(kind, manifest_kinds[MANIFEST_OVERLAY]))
		l->kind = MANIFEST_OVERLAY;
	else if (!span_is(kind, manifest_kinds[MANIFEST_BASE]))
		return manifest_bad(s, -ENOTSUP, "unknown kind of layer");
	if ((err = manifest_digest(s, "", l->digest)) ||
	    (err = manifest_u64(s, "size=", 1, &l->size)) ||
	    (err = manifest_digest(s, "index=", l->index)) ||
	    (err = manifest_u64(s, "index-size=", 1, &l->index_size)) ||
	    (err = manifest_name(s, "name=", &l->name)))
		return err;
	if (l->kind == MANIFEST_BASE && (err = manifest_boot(s, l)))
		return err;
	if (l->kind == MANIFEST_OVERLAY &&
	    ((err = manifest_u64(s, "unpacked=", 0, &l->unpacked)) ||
	     (err = manifest_u64(s, "inodes=", 0, &l->inodes)) ||
	     (err = manifest_digest(s, "base=", l->base))))
		return err;
	if (l->index_size > INDEX_SIZE_MAX)
		return manifest_bad(s, -EOVERFLOW, "index too big");
	if (manifest_layer_of(s->m, l->digest) >= 0)
		return manifest_bad(s, -EBADMSG, "layer twice");
	s->m->n_layers++;
	return 0;
}

static int manifest_role_layer(struct manifest_parser *s, struct span hex,
			       enum manifest_kind kind, unsigned int *out)
{
	uint8_t digest[DIGEST_SIZE];
	int i;

	if (digest_unhex(hex, digest))
		return manifest_bad(s, -EBADMSG, "not a SHA-256");
	i = manifest_layer_of(s->m, digest);
	if (i < 0 || s->m->layers[i].kind != kind)
		return manifest_bad(s, -EBADMSG, "role names no such layer");
	*out = i;
	return 0;
}

static int manifest_overlays(struct manifest_parser *s, struct manifest_role *r,
			     struct span list)
{
	const struct manifest_layer *l = s->m->layers;
	unsigned int i, at;
	struct span hex;
	int err;

	do {
		text_cut(list, ',', &hex, &list);
		if (r->n_overlays == MANIFEST_OVERLAYS_MAX)
			return manifest_bad(s, -EOVERFLOW, "too many overlays");
		err = manifest_role_layer(s, hex, MANIFEST_OVERLAY, &at);
		if (err)
			return err;
		for (i = 0; i < r->n_overlays; i++)
			if (r->overlays[i] == at)
				return manifest_bad(s, -EBADMSG,
						    "overlay twice");
		if (!digest_equal(l[at].base, l[r->base].digest))
			return manifest_bad(s, -EBADMSG,
					    "overlay of another base");
		r->overlays[r->n_overlays++] = at;
	} while (list.p);
	return 0;
}

/* The grants stand in their one order, so that none can stand twice. */
static int manifest_grant_list(struct manifest_parser *s,
			       struct manifest_role *r, struct span list)
{
	unsigned int bit = 0;
	struct span word;

	do {
		text_cut(list, ',', &word, &list);
		while (bit < ARRAY_SIZE(manifest_grants) &&
		       !span_is(word, manifest_grants[bit]))
			bit++;
		if (bit == ARRAY_SIZE(manifest_grants))
			return manifest_bad(s, -ENOTSUP,
					    "unknown or misplaced grant");
		r->grants |= 1u << bit++;
	} while (list.p);
	return 0;
}

int manifest_stack(struct manifest_parser *s, struct manifest_role *r)
{
	struct span v;
	bool more;
	int err;

	if ((err = manifest_value(s, "base=", &v)) ||
	    (err = manifest_role_layer(s, v, MANIFEST_BASE, &r->base)))
		return err;
	more = manifest_field(s, &v);
	if (more && text_strip(&v, "overlays=")) {
		err = manifest_overlays(s, r, v);
		if (err)
			return err;
		more = manifest_field(s, &v);
	}
	if (more && text_strip(&v, "grants=")) {
		err = manifest_grant_list(s, r, v);
		if (err)
			return err;
		more = manifest_field(s, &v);
	}
	if (more)
		return manifest_bad(s, v.n ? -ENOTSUP : -EBADMSG,
				    "unknown or misplaced attribute");
	return 0;
}

static int manifest_role_line(struct manifest_parser *s)
{
	struct manifest_role *r = &s->m->roles[s->m->n_roles];
	int err;

	if (s->m->n_roles == MANIFEST_ROLES_MAX)
		return manifest_bad(s, -EOVERFLOW, "too many roles");
	memset(r, 0, sizeof(*r));
	err = manifest_name(s, "", &r->name);
	if (err)
		return err;
	if (manifest_role(s->m, r->name) >= 0)
		return manifest_bad(s, -EBADMSG, "role twice");
	err = manifest_stack(s, r);
	if (err)
		return err;
	s->m->n_roles++;
	return 0;
}

static bool manifest_pattern_ok(enum manifest_key key, struct span p)
{
	size_t i;

	if (!p.n || p.n > TEXT_NAME_MAX)
		return false;
	for (i = 0; key != MANIFEST_SERIAL && i < p.n; i++)
		if (p.p[i] >= 'A' && p.p[i] <= 'Z')
			return false;
	return true;
}

int manifest_role_index(struct manifest_parser *s, const char *key,
			unsigned int *role)
{
	struct span name;
	int err = manifest_name(s, key, &name), i;

	if (err)
		return err;
	i = manifest_role(s->m, name);
	if (i < 0)
		return manifest_bad(s, -EBADMSG, "no such role");
	*role = i;
	return 0;
}

int manifest_match(struct manifest_parser *s, enum manifest_key *key,
		   struct span *pattern)
{
	unsigned int k;

	if (!manifest_field(s, pattern))
		return manifest_bad(s, -EBADMSG, "machine without a key");
	for (k = 0; k < ARRAY_SIZE(manifest_keys); k++)
		if (text_strip(pattern, manifest_keys[k]))
			break;
	if (k == ARRAY_SIZE(manifest_keys))
		return manifest_bad(s, -ENOTSUP, "unknown key of a machine");
	*key = k;
	if (!manifest_pattern_ok(*key, *pattern))
		return manifest_bad(s, -EBADMSG, "bad pattern");
	return 0;
}

static int manifest_machine_line(struct manifest_parser *s)
{
	struct manifest_rule *r = &s->m->rules[s->m->n_rules];
	int err;

	if (s->m->n_rules == MANIFEST_RULES_MAX)
		return manifest_bad(s, -EOVERFLOW, "too many machine rules");
	if ((err = manifest_match(s, &r->key, &r->pattern)) ||
	    (err = manifest_role_index(s, "role=", &r->role)))
		return err;
	s->m->n_rules++;
	return 0;
}

static int manifest_default(struct manifest_parser *s)
{
	unsigned int role = 0;
	int err = manifest_role_index(s, "", &role);

	if (!err)
		s->m->default_role = role;
	return err;
}

static int manifest_mirror(struct manifest_parser *s)
{
	struct span url;

	if (s->m->n_mirrors == MANIFEST_MIRRORS_MAX)
		return manifest_bad(s, -EOVERFLOW, "too many mirrors");
	if (!manifest_field(s, &url) || url.n > MANIFEST_URL_MAX ||
	    !url_template_ok(url))
		return manifest_bad(s, -EBADMSG, "mirror is not a URL");
	s->m->mirrors[s->m->n_mirrors++] = url;
	return 0;
}

static int manifest_min_init(struct manifest_parser *s)
{
	int err = manifest_u64(s, "", 1, &s->m->min_init);

	if (!err && s->m->min_init > MANIFEST_INIT_VERSION)
		return manifest_bad(s, -ENOTSUP, "needs a newer init");
	return err;
}

static int manifest_floor(struct manifest_parser *s)
{
	int err = manifest_u64(s, "", 0, &s->m->floor);

	if (!err && s->m->floor > s->m->serial)
		return manifest_bad(s, -EBADMSG, "floor above serial");
	return err;
}

static int manifest_set(struct manifest_parser *s, enum manifest_word word)
{
	switch (word) {
	case MANIFEST_W_SITE:
		return manifest_name(s, "", &s->m->site);
	case MANIFEST_W_EPOCH:
		return manifest_u64(s, "", 0, &s->m->epoch);
	case MANIFEST_W_SERIAL:
		return manifest_u64(s, "", 1, &s->m->serial);
	case MANIFEST_W_CREATED:
		return manifest_u64(s, "", 0, &s->m->created);
	case MANIFEST_W_EXPIRES:
		return manifest_u64(s, "", 0, &s->m->expires);
	case MANIFEST_W_MIN_INIT:
		return manifest_min_init(s);
	case MANIFEST_W_FLOOR:
		return manifest_floor(s);
	case MANIFEST_W_CHANNEL:
		return manifest_name(s, "", &s->m->channel);
	case MANIFEST_W_LAYER:
		return manifest_layer(s);
	case MANIFEST_W_ROLE:
		return manifest_role_line(s);
	case MANIFEST_W_IMAGE:
		return manifest_image_line(s);
	case MANIFEST_W_PIN:
		return manifest_pin_line(s);
	case MANIFEST_W_MACHINE:
		return manifest_machine_line(s);
	case MANIFEST_W_DEFAULT:
		return manifest_default(s);
	case MANIFEST_W_MIRROR:
		return manifest_mirror(s);
	default:
		return manifest_bad(s, -ENOTSUP, "unknown word");
	}
}

static bool manifest_repeats(unsigned int word)
{
	return word == MANIFEST_W_LAYER || word == MANIFEST_W_ROLE ||
	       word == MANIFEST_W_IMAGE || word == MANIFEST_W_PIN ||
	       word == MANIFEST_W_MACHINE || word == MANIFEST_W_MIRROR;
}

/* @next: the first word that may still come. */
static int manifest_line(struct manifest_parser *s, unsigned int *next)
{
	unsigned int word;
	struct span first;
	int err;

	if (!text_field(&s->line, &first) || !first.n)
		return manifest_bad(s, -EBADMSG, "empty line or first word");
	if (first.p[0] == '?')
		return 0;
	for (word = 0; word < MANIFEST_WORDS; word++)
		if (span_is(first, manifest_words[word]))
			break;
	if (word == MANIFEST_WORDS)
		return manifest_bad(s, -ENOTSUP, "unknown word");
	if (word < *next)
		return manifest_bad(s, -EBADMSG, "line twice or misplaced");
	if (*next <= MANIFEST_W_FLOOR && word != *next)
		return manifest_bad(s, -EBADMSG, "line missing before this");
	*next = manifest_repeats(word) ? word : word + 1;
	err = manifest_set(s, word);
	return err ? err : manifest_end(s);
}

static int manifest_magic(struct manifest_parser *s, struct span *rest)
{
	if (text_strip(rest, MANIFEST_MAGIC))
		return 0;
	if (text_strip(rest, MANIFEST_MAGIC_WORD))
		return manifest_bad(s, -ENOTSUP, "needs a newer init");
	return manifest_bad(s, -EBADMSG, "not a manifest");
}

int manifest_parse(struct manifest *m, struct span text, struct fault *f)
{
	struct manifest_parser s = {.m = m, .f = f};
	unsigned int next = 0, lines = 1;
	struct span rest = text;
	bool whole;
	int err;

	m->n_layers = m->n_roles = m->n_rules = m->n_mirrors = 0;
	m->n_images = m->n_pins = 0;
	m->channel = (struct span){NULL, 0};
	m->default_role = -1;
	if (text.n > MANIFEST_SIZE_MAX)
		return manifest_bad(&s, -EOVERFLOW, "manifest too long");
	err = manifest_magic(&s, &rest);
	while (!err && text_line(&rest, &s.line, &whole)) {
		s.where = s.line.p - text.p;
		if (++lines > MANIFEST_LINES_MAX)
			return manifest_bad(&s, -EOVERFLOW, "too many lines");
		if (!whole)
			return manifest_bad(&s, -EBADMSG, "no final newline");
		if (!text_printable(s.line))
			return manifest_bad(&s, -EBADMSG, "not plain ASCII");
		err = manifest_line(&s, &next);
	}
	if (err)
		return err;
	s.where = text.n;
	if (next <= MANIFEST_W_FLOOR)
		return manifest_bad(&s, -EBADMSG, "manifest incomplete");
	if (manifest_version(m) > m->min_init)
		return manifest_bad(&s, -EBADMSG, "min-init too low for this");
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* manifest_print.c - a manifest's one canonical text. */
#include "format/manifest.h"
#include "format/manifest_words.h"

#define MANIFEST_PRINT_HEAD 7 /* lines that stand once each */

static void manifest_print_span(struct text_out *o, const char *key,
				struct span v)
{
	text_put_str(o, key);
	text_put(o, v);
}

static void manifest_print_u64(struct text_out *o, const char *key, uint64_t v)
{
	text_put_str(o, key);
	text_put_u64(o, v);
}

static void manifest_print_digest(struct text_out *o, const char *key,
				  const uint8_t digest[DIGEST_SIZE])
{
	char hex[DIGEST_HEX + 1];

	digest_hex(digest, hex);
	text_put_str(o, key);
	text_put_str(o, hex);
}

static void manifest_print_layer(struct text_out *o,
				 const struct manifest_layer *l)
{
	bool overlay = l->kind == MANIFEST_OVERLAY;

	manifest_print_span(o, "\nlayer ", text_span(manifest_kinds[overlay]));
	manifest_print_digest(o, " ", l->digest);
	manifest_print_u64(o, " size=", l->size);
	manifest_print_digest(o, " index=", l->index);
	manifest_print_u64(o, " index-size=", l->index_size);
	manifest_print_span(o, " name=", l->name);
	if (l->has_boot)
		manifest_print_digest(o, " ?boot=", l->boot);
	if (!overlay)
		return;
	manifest_print_u64(o, " unpacked=", l->unpacked);
	manifest_print_u64(o, " inodes=", l->inodes);
	manifest_print_digest(o, " base=", l->base);
}

static void manifest_print_stack(struct text_out *o, const struct manifest *m,
				 const struct manifest_role *r)
{
	unsigned int i;
	const char *sep;

	manifest_print_digest(o, " base=", m->layers[r->base].digest);
	for (i = 0; i < r->n_overlays; i++)
		manifest_print_digest(o, i ? "," : " overlays=",
				      m->layers[r->overlays[i]].digest);
	sep = " grants=";
	for (i = 0; i < ARRAY_SIZE(manifest_grants); i++) {
		if (!(r->grants & 1u << i))
			continue;
		manifest_print_span(o, sep, text_span(manifest_grants[i]));
		sep = ",";
	}
}

static void manifest_print_image(struct text_out *o, const struct manifest *m,
				 const struct manifest_image *image)
{
	manifest_print_span(o, "\nimage ", image->name);
	manifest_print_span(o, " role=", m->roles[image->of].name);
	manifest_print_u64(o, " share=", image->share);
	manifest_print_stack(o, m, &image->is);
}

static void manifest_print_pin(struct text_out *o, const struct manifest *m,
			       const struct manifest_pin *pin)
{
	text_put_str(o, "\npin ");
	manifest_print_span(o, manifest_keys[pin->key], pin->pattern);
	manifest_print_span(o, " role=", m->roles[pin->role].name);
	manifest_print_span(o, " image=",
			    pin->image < 0 ? text_span("-")
					   : m->images[pin->image].name);
}

/* Every line begins with the newline that ends the one before it. */
static void manifest_print_head(struct text_out *o, const struct manifest *m)
{
	struct span magic = text_span(MANIFEST_MAGIC);

	magic.n--;
	text_put(o, magic);
	manifest_print_span(o, "\nsite ", m->site);
	manifest_print_u64(o, "\nepoch ", m->epoch);
	manifest_print_u64(o, "\nserial ", m->serial);
	manifest_print_u64(o, "\ncreated ", m->created);
	manifest_print_u64(o, "\nexpires ", m->expires);
	manifest_print_u64(o, "\nmin-init ", m->min_init);
	manifest_print_u64(o, "\nfloor ", m->floor);
	if (m->channel.n)
		manifest_print_span(o, "\nchannel ", m->channel);
}

static bool manifest_print_fits(const struct manifest *m)
{
	return m->n_layers <= MANIFEST_LAYERS_MAX &&
	       m->n_roles <= MANIFEST_ROLES_MAX &&
	       m->n_rules <= MANIFEST_RULES_MAX &&
	       m->n_mirrors <= MANIFEST_MIRRORS_MAX &&
	       m->n_images <= MANIFEST_IMAGES_MAX &&
	       m->n_pins <= MANIFEST_PINS_MAX &&
	       1 + MANIFEST_PRINT_HEAD + !!m->channel.n + m->n_layers +
			       m->n_roles + m->n_images + m->n_pins +
			       m->n_rules + (m->default_role >= 0) +
			       m->n_mirrors <=
		       MANIFEST_LINES_MAX;
}

int manifest_print(const struct manifest *m, char *buf, size_t size)
{
	struct text_out o = {.buf = buf, .size = size};
	const struct manifest_rule *r;
	unsigned int i;

	if (!manifest_print_fits(m))
		return -EOVERFLOW;
	manifest_print_head(&o, m);
	for (i = 0; i < m->n_layers; i++)
		manifest_print_layer(&o, &m->layers[i]);
	for (i = 0; i < m->n_roles; i++) {
		manifest_print_span(&o, "\nrole ", m->roles[i].name);
		manifest_print_stack(&o, m, &m->roles[i]);
	}
	for (i = 0; i < m->n_images; i++)
		manifest_print_image(&o, m, &m->images[i]);
	for (i = 0; i < m->n_pins; i++)
		manifest_print_pin(&o, m, &m->pins[i]);
	for (i = 0; i < m->n_rules; i++) {
		r = &m->rules[i];
		text_put_str(&o, "\nmachine ");
		manifest_print_span(&o, manifest_keys[r->key], r->pattern);
		manifest_print_span(&o, " role=", m->roles[r->role].name);
	}
	if (m->default_role >= 0)
		manifest_print_span(&o, "\ndefault ",
				    m->roles[m->default_role].name);
	for (i = 0; i < m->n_mirrors; i++)
		manifest_print_span(&o, "\nmirror ", m->mirrors[i]);
	text_put_str(&o, "\n");
	return o.n > MANIFEST_SIZE_MAX ? -EOVERFLOW : text_put_end(&o);
}

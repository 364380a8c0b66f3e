/* SPDX-License-Identifier: MIT */
/* manifest_image.c - a role's other images, and who is pinned to which. */
#include "format/manifest_fields.h"

int manifest_image(const struct manifest *m, unsigned int role,
		   struct span name)
{
	const struct manifest_image *image = m->images;
	unsigned int i;

	for (i = 0; i < m->n_images; i++)
		if (image[i].of == role && image[i].name.n == name.n &&
		    !memcmp(image[i].name.p, name.p, name.n))
			return i;
	return -ENOENT;
}

int manifest_image_line(struct manifest_parser *s)
{
	struct manifest_image *image = &s->m->images[s->m->n_images];
	uint64_t share;
	int err;

	if (s->m->n_images == MANIFEST_IMAGES_MAX)
		return manifest_bad(s, -EOVERFLOW, "too many images");
	memset(image, 0, sizeof(*image));
	if ((err = manifest_name(s, "", &image->name)) ||
	    (err = manifest_role_index(s, "role=", &image->of)) ||
	    (err = manifest_u64(s, "share=", 0, &share)))
		return err;
	if (share > MANIFEST_SHARE_ALL)
		return manifest_bad(s, -EBADMSG, "share above the whole");
	/* "-" is how a pin names the role's own */
	if (span_is(image->name, "-"))
		return manifest_bad(s, -EBADMSG, "bad name");
	if (manifest_image(s->m, image->of, image->name) >= 0)
		return manifest_bad(s, -EBADMSG, "image twice");
	image->share = share;
	image->is.name = s->m->roles[image->of].name;
	err = manifest_stack(s, &image->is);
	if (err)
		return err;
	s->m->n_images++;
	return 0;
}

int manifest_pin_line(struct manifest_parser *s)
{
	struct manifest_pin *pin = &s->m->pins[s->m->n_pins];
	struct span name;
	int err;

	if (s->m->n_pins == MANIFEST_PINS_MAX)
		return manifest_bad(s, -EOVERFLOW, "too many pins");
	if ((err = manifest_match(s, &pin->key, &pin->pattern)) ||
	    (err = manifest_role_index(s, "role=", &pin->role)) ||
	    (err = manifest_name(s, "image=", &name)))
		return err;
	pin->image = -1;
	if (!span_is(name, "-")) {
		pin->image = manifest_image(s->m, pin->role, name);
		if (pin->image < 0)
			return manifest_bad(s, -EBADMSG, "no such image");
	}
	s->m->n_pins++;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* manifest_fields.c - one field after the other of a manifest's line. */
#include "format/manifest_fields.h"

int manifest_bad(struct manifest_parser *s, int err, const char *why)
{
	return fault_set(s->f, err, why, s->where);
}

/* The next field that is not a "?" one, which only newer readers know. */
bool manifest_field(struct manifest_parser *s, struct span *field)
{
	while (text_field(&s->line, field))
		if (!field->n || field->p[0] != '?')
			return true;
	return false;
}

int manifest_value(struct manifest_parser *s, const char *key,
		   struct span *value)
{
	if (!manifest_field(s, value) || !text_strip(value, key))
		return manifest_bad(s, -EBADMSG, "attribute missing");
	return 0;
}

int manifest_end(struct manifest_parser *s)
{
	struct span extra;

	if (!manifest_field(s, &extra))
		return 0;
	if (!extra.n)
		return manifest_bad(s, -EBADMSG, "space too many");
	return manifest_bad(s, -ENOTSUP, "unknown attribute");
}

int manifest_u64(struct manifest_parser *s, const char *key, uint64_t min,
		 uint64_t *v)
{
	struct span value;
	int err = manifest_value(s, key, &value);

	if (err)
		return err;
	if (text_u64(value, v) || *v < min)
		return manifest_bad(s, -EBADMSG, "bad number");
	return 0;
}

int manifest_digest(struct manifest_parser *s, const char *key,
		    uint8_t out[DIGEST_SIZE])
{
	struct span value;
	int err = manifest_value(s, key, &value);

	if (err)
		return err;
	if (digest_unhex(value, out))
		return manifest_bad(s, -EBADMSG, "not a SHA-256");
	return 0;
}

int manifest_name(struct manifest_parser *s, const char *key, struct span *name)
{
	int err = manifest_value(s, key, name);

	if (err)
		return err;
	if (!text_name_ok(*name))
		return manifest_bad(s, -EBADMSG, "bad name");
	return 0;
}

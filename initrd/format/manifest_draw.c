/* SPDX-License-Identifier: MIT */
/* manifest_draw.c - which machines of a role a rollout has reached. */
#include "format/manifest.h"

#define MANIFEST_DRAW_MAGIC "slipway-draw 1\n"

unsigned int manifest_version(const struct manifest *m)
{
	return m->channel.n || m->n_images || m->n_pins ? 2 : 1;
}

static void manifest_draw_hex(struct digest_ctx *d,
			      const uint8_t digest[DIGEST_SIZE])
{
	char line[DIGEST_HEX + 1];

	digest_hex(digest, line);
	line[DIGEST_HEX] = '\n';
	digest_update(d, line, sizeof(line));
}

void manifest_image_id(const struct manifest *m, const struct manifest_role *r,
		       uint8_t id[DIGEST_SIZE])
{
	struct digest_ctx d;
	unsigned int i;

	digest_init(&d);
	manifest_draw_hex(&d, m->layers[r->base].digest);
	for (i = 0; i < r->n_overlays; i++)
		manifest_draw_hex(&d, m->layers[r->overlays[i]].digest);
	digest_final(&d, id);
}

/*
 * The MAC first: boards without an identity of their own share one UUID, and
 * a fleet of them would move as one.
 */
static const char *
manifest_draw_identity(const struct manifest_machine *machine)
{
	if (machine->mac[0])
		return machine->mac;
	return machine->uuid[0] ? machine->uuid : machine->serial;
}

unsigned int manifest_draw(const uint8_t id[DIGEST_SIZE],
			   const struct manifest_machine *machine)
{
	const char *who = manifest_draw_identity(machine);
	bool lower = who != machine->serial;
	uint8_t digest[DIGEST_SIZE];
	struct digest_ctx d;
	uint64_t v = 0;
	size_t i;
	char c;

	if (!who[0])
		return MANIFEST_SHARE_ALL;
	digest_init(&d);
	digest_update(&d, MANIFEST_DRAW_MAGIC, strlen(MANIFEST_DRAW_MAGIC));
	for (i = 0; who[i]; i++) {
		c = who[i];
		if (lower && c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		digest_update(&d, &c, 1);
	}
	digest_update(&d, "\n", 1);
	manifest_draw_hex(&d, id);
	digest_final(&d, digest);
	for (i = 0; i < sizeof(v); i++)
		v = v << 8 | digest[i];
	return v % MANIFEST_SHARE_ALL;
}

int manifest_image_of(const struct manifest *m, unsigned int role,
		      const struct manifest_machine *machine)
{
	uint8_t id[DIGEST_SIZE];
	unsigned int i;

	for (i = 0; i < m->n_pins; i++)
		if (m->pins[i].role == role &&
		    manifest_matches(m->pins[i].key, m->pins[i].pattern,
				     machine))
			return m->pins[i].image;
	for (i = 0; i < m->n_images; i++) {
		if (m->images[i].of != role || !m->images[i].share)
			continue;
		manifest_image_id(m, &m->images[i].is, id);
		/* all is all, even those of whom nothing is known */
		if (m->images[i].share == MANIFEST_SHARE_ALL ||
		    manifest_draw(id, machine) < m->images[i].share)
			return i;
	}
	return -1;
}

// SPDX-License-Identifier: MIT
/*
 * fuzz-manifest.c - what parses prints back the same, but for what only newer
 * readers know; limits and references hold.
 */
#include "format/manifest.h"
#include "fuzz.h"

static struct manifest m;
static char one[MANIFEST_SIZE_MAX], two[MANIFEST_SIZE_MAX];

static void check_head(struct span text)
{
	NEED(text_name_ok(m.site) && fuzz_inside(m.site, text));
	NEED(m.serial >= 1 && m.serial <= INT64_MAX);
	NEED(m.floor <= m.serial);
	NEED(m.min_init <= MANIFEST_INIT_VERSION);
	NEED(m.min_init >= manifest_version(&m));
	NEED(!m.channel.n || text_name_ok(m.channel));
	NEED(m.n_layers <= MANIFEST_LAYERS_MAX);
	NEED(m.n_roles <= MANIFEST_ROLES_MAX);
	NEED(m.n_rules <= MANIFEST_RULES_MAX);
	NEED(m.n_mirrors <= MANIFEST_MIRRORS_MAX);
	NEED(m.default_role >= -1 && m.default_role < (int)m.n_roles);
}

static void check_stack(const struct manifest_role *r)
{
	const struct manifest_layer *l = m.layers;
	unsigned int i, j;

	NEED(r->base < m.n_layers && l[r->base].kind == MANIFEST_BASE);
	NEED(r->n_overlays <= MANIFEST_OVERLAYS_MAX && r->grants < 8);
	for (i = 0; i < r->n_overlays; i++) {
		NEED(r->overlays[i] < m.n_layers);
		NEED(l[r->overlays[i]].kind == MANIFEST_OVERLAY);
		NEED(digest_equal(l[r->overlays[i]].base, l[r->base].digest));
		for (j = 0; j < i; j++)
			NEED(r->overlays[j] != r->overlays[i]);
	}
}

static void check_role(const struct manifest_role *r)
{
	NEED(text_name_ok(r->name));
	NEED(&m.roles[manifest_role(&m, r->name)] == r);
	check_stack(r);
}

static void check_lists(struct span text)
{
	unsigned int i, j;

	for (i = 0; i < m.n_layers; i++) {
		NEED(m.layers[i].size && m.layers[i].index_size);
		NEED(m.layers[i].index_size <= 64u << 20);
		NEED(text_name_ok(m.layers[i].name));
		for (j = 0; j < i; j++)
			NEED(!digest_equal(m.layers[i].digest,
					   m.layers[j].digest));
	}
	for (i = 0; i < m.n_roles; i++)
		check_role(&m.roles[i]);
	for (i = 0; i < m.n_rules; i++) {
		NEED(m.rules[i].role < m.n_roles);
		NEED(fuzz_inside(m.rules[i].pattern, text));
	}
	for (i = 0; i < m.n_mirrors; i++)
		NEED(m.mirrors[i].n <= MANIFEST_URL_MAX);
}

static void check_images(struct span text)
{
	unsigned int i;

	NEED(m.n_images <= MANIFEST_IMAGES_MAX &&
	     m.n_pins <= MANIFEST_PINS_MAX);
	for (i = 0; i < m.n_images; i++) {
		const struct manifest_image *image = &m.images[i];

		NEED(image->of < m.n_roles && text_name_ok(image->name));
		NEED(image->share <= MANIFEST_SHARE_ALL);
		NEED(manifest_image(&m, image->of, image->name) == (int)i);
		check_stack(&image->is);
	}
	for (i = 0; i < m.n_pins; i++) {
		NEED(m.pins[i].role < m.n_roles);
		NEED(fuzz_inside(m.pins[i].pattern, text));
		NEED(m.pins[i].image >= -1);
		NEED(m.pins[i].image < (int)m.n_images);
		NEED(m.pins[i].image < 0 ||
		     m.images[m.pins[i].image].of == m.pins[i].role);
	}
}

static void check_machine(void)
{
	static const struct manifest_machine some[] = {
		{"", "", ""},
		{"52:54:00:12:34:56", "4C4C4544-0000-1000-8000-000000000000",
		 "SN1 x"}};
	int role, image;

	for (size_t i = 0; i < ARRAY_SIZE(some); i++) {
		role = manifest_role_of(&m, &some[i]);
		NEED(role == -ENOENT || (role >= 0 && role < (int)m.n_roles));
		if (role < 0)
			continue;
		image = manifest_image_of(&m, role, &some[i]);
		NEED(image >= -1 && image < (int)m.n_images);
		NEED(image < 0 || (int)m.images[image].of == role);
	}
	/* what is not known is matched by no rule */
	role = manifest_role_of(&m, &some[0]);
	NEED(role == (m.default_role < 0 ? -ENOENT : m.default_role));
}

static bool has_newer(struct span text)
{
	for (size_t i = 1; i < text.n; i++)
		if (text.p[i] == '?' &&
		    (text.p[i - 1] == ' ' || text.p[i - 1] == '\n'))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct fault f = {0};
	int err = manifest_parse(&m, text, &f), n;

	if (err) {
		fuzz_refusal(err, &f, size);
		return 0;
	}
	check_head(text);
	check_lists(text);
	check_images(text);
	check_machine();
	n = manifest_print(&m, one, sizeof(one));
	NEED(n > 0 && (size_t)n <= size);
	if (!has_newer(text))
		NEED((size_t)n == size && !memcmp(one, data, size));
	NEED(!manifest_parse(&m, (struct span){one, n}, NULL));
	NEED(manifest_print(&m, two, sizeof(two)) == n);
	NEED(!memcmp(one, two, n));
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* manifest_role.c - which role a machine has. */
#include "format/manifest.h"

int manifest_role(const struct manifest *m, struct span name)
{
	unsigned int i;

	for (i = 0; i < m->n_roles; i++)
		if (m->roles[i].name.n == name.n &&
		    !memcmp(m->roles[i].name.p, name.p, name.n))
			return i;
	return -ENOENT;
}

/* Firmware spells MACs and UUIDs in either case; patterns are lower case. */
bool manifest_matches(enum manifest_key key, struct span pattern,
		      const struct manifest_machine *machine)
{
	const char *const id[] = {machine->mac, machine->uuid, machine->serial};
	char low[TEXT_NAME_MAX + 1];
	struct span s = text_span(id[key]);
	size_t i;

	/* what is not known is not matched, not even by "*" */
	if (!s.n || s.n >= sizeof(low))
		return false;
	if (key == MANIFEST_SERIAL)
		return text_glob(pattern, s);
	for (i = 0; i < s.n; i++) {
		low[i] = s.p[i];
		if (low[i] >= 'A' && low[i] <= 'Z')
			low[i] += 'a' - 'A';
	}
	return text_glob(pattern, (struct span){low, s.n});
}

int manifest_role_of(const struct manifest *m,
		     const struct manifest_machine *machine)
{
	unsigned int i;

	for (i = 0; i < m->n_rules; i++)
		if (manifest_matches(m->rules[i].key, m->rules[i].pattern,
				     machine))
			return m->rules[i].role;
	return m->default_role >= 0 ? m->default_role : -ENOENT;
}

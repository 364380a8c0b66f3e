/* SPDX-License-Identifier: MIT */
/* plan.c - what a build would do, for --dry-run. */
#include <stdio.h>
#include <stdlib.h>
#include "phase.h"
#include "plan.h"
#include "sources.h"

void plan_print(const struct role *r, char **deps)
{
	const struct source *s = sources_read(r);

	printf("overlay %s on base %s, from %s\n", r->name, r->base, r->dir);
	for (size_t i = 0; deps[i]; i++)
		printf("  above overlay %s\n", deps[i]);
	if (r->from_oci)
		printf("  layers of %s\n", r->from_oci);
	for (size_t i = 0; r->packages[i]; i++)
		printf("  package %s\n", r->packages[i]);
	for (; s->name; s++)
		printf("  source %s: %s %s %s\n", s->name, s->kind, s->url,
		       s->id);
	for (const struct phase *p = phase_list; p->name; p++) {
		char **hooks = phase_hooks(r, p->name);

		for (size_t i = 0; hooks[i]; i++)
			printf("  hook %s.d/%s%s\n", p->name, hooks[i],
			       p->host ? " (on the host)" : "");
		free(hooks);
	}
	if (r->grants)
		printf("  grants %s\n", role_grants_text(r->grants));
}

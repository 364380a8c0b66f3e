// SPDX-License-Identifier: MIT
/*
 * units.c - what systemd starts by itself or is kept from starting, by the
 * links that `systemctl enable` and `mask` make (systemd.unit(5)).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "facts.h"
#include "host/alloc.h"

static const char *const folders[] = {
	"etc/systemd/system/",
	"usr/lib/systemd/system/",
	"lib/systemd/system/",
};

/* @path behind the folder of units that it is in, or NULL. */
static const char *below_units(const char *path)
{
	size_t i, n;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		n = strlen(folders[i]);
		if (!strncmp(path, folders[i], n))
			return path + n;
	}
	return NULL;
}

/* "multi-user.target.wants/ssh.service": the unit, and who asks for it. */
static void wanted(struct facts *f, const char *rel)
{
	const char *slash = strchr(rel, '/'), *dot;
	char *by, *name;

	if (!slash || strchr(slash + 1, '/'))
		return;
	by = xasprintf("%.*s", (int)(slash - rel), rel);
	dot = strrchr(by, '.');
	if (dot && (!strcmp(dot, ".wants") || !strcmp(dot, ".requires"))) {
		/* one unit may be wanted by several */
		name = xasprintf("%s in %.*s", slash + 1, (int)(dot - by), by);
		facts_add(f, name, "enabled");
		free(name);
	}
	free(by);
}

void facts_units(struct facts *f, const struct look *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct look_entry *e = &l->entries[i];
		const char *rel = below_units(e->path);

		if (!rel || !S_ISLNK(e->mode))
			continue;
		if (!strchr(rel, '/') && !strcmp(e->target, "/dev/null"))
			facts_add(f, rel, "masked");
		else
			wanted(f, rel);
	}
	facts_sort(f);
}

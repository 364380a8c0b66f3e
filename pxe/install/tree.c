// SPDX-License-Identifier: MIT
/* tree.c - names in a publish tree and in a release on the disk. */
#include <stdlib.h>

#include "host/alloc.h"
#include "host/outfile.h"
#include "tree.h"

#define BOOT_CFG_SET "set role="

const char *const tree_boot_names[2] = {"vmlinuz", "initrd.img"};

static char *name_of(const struct manifest_layer *l, const char *end)
{
	char hex[DIGEST_HEX + 1];

	digest_hex(l->digest, hex);
	return xasprintf("layers/%s.%s", hex, end);
}

char *tree_layer(const struct manifest_layer *l)
{
	return name_of(l, l->kind == MANIFEST_BASE ? "squashfs" : "cpio.gz");
}

char *tree_index(const struct manifest_layer *l)
{
	return name_of(l, "index");
}

int tree_find_file(struct span list, const char *name, struct filelist_item *it)
{
	struct fault f = {0};

	if (filelist_open(list, &list, &f))
		return -ENOENT;
	while (filelist_next(&list, it, &f) > 0)
		if (!strcmp(it->path, name))
			return 0;
	return -ENOENT;
}

/* The command line's, the site's rules, the policy's, the site's default. */
const struct manifest_role *tree_role(const struct update *u,
				      struct manifest *m)
{
	int fallback = m->default_role, role;

	if (u->role) {
		role = manifest_role(m, text_span(u->role));
		return role < 0 ? NULL : &m->roles[role];
	}
	m->default_role = -1;
	role = manifest_role_of(m, &u->machine);
	m->default_role = fallback;
	if (role < 0 && u->policy.role.n)
		role = manifest_role(m, u->policy.role);
	else if (role < 0)
		role = fallback;
	return role < 0 ? NULL : &m->roles[role];
}

char *tree_boot_cfg(struct span role)
{
	return xasprintf(BOOT_CFG_SET "%.*s\n", (int)role.n, role.p);
}

const struct manifest_role *
tree_role_of(const struct update *u, uint64_t serial, const struct manifest *m)
{
	char *path = update_path(u, "releases/%llu/boot.cfg",
				 (unsigned long long)serial);
	size_t size;
	char *text = outfile_slurp(path, 4096, &size);
	struct span line = {text, text ? strcspn(text, "\n") : 0};
	int role = -1;

	if (text && text_strip(&line, BOOT_CFG_SET) && text_name_ok(line))
		role = manifest_role(m, line);
	free(text);
	free(path);
	return role < 0 ? NULL : &m->roles[role];
}

// SPDX-License-Identifier: MIT
/* tree.c - names in a publish tree and in a release on the disk. */
#include <errno.h>
#include <stdlib.h>

#include "host/alloc.h"
#include "host/outfile.h"
#include "media/grub.h"
#include "tree.h"

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

/* What boot.cfg of a release says; the spans point into *@text, malloc-ed. */
static bool read_boot_cfg(const struct update *u, uint64_t serial, char **text,
			  struct span *role, struct span *image)
{
	char *path = update_path(u, "releases/%llu/boot.cfg",
				 (unsigned long long)serial);
	size_t size = 0;
	struct span rest;
	bool whole;

	*text = outfile_slurp(path, 4096, &size);
	free(path);
	rest = (struct span){*text, *text ? size : 0};
	return text_line(&rest, role, &whole) &&
	       text_strip(role, GRUB_SET_ROLE) &&
	       text_line(&rest, image, &whole) &&
	       text_strip(image, GRUB_SET_IMAGE) && text_name_ok(*role) &&
	       text_name_ok(*image);
}

const struct manifest_role *
tree_stack_of(const struct update *u, uint64_t serial, const struct manifest *m)
{
	const struct manifest_role *stack = NULL;
	struct span name, image;
	int role = -1, i;
	char *text;

	if (read_boot_cfg(u, serial, &text, &name, &image))
		role = manifest_role(m, name);
	if (role >= 0 && span_is(image, GRUB_OWN)) {
		stack = &m->roles[role];
	} else if (role >= 0) {
		i = manifest_image(m, role, image);
		stack = i < 0 ? NULL : &m->images[i].is;
	}
	free(text);
	return stack;
}

/* What this disk was made for, where no rule says otherwise. */
static int role_of_disk(const struct update *u, const struct manifest *m)
{
	struct span name, image;
	int role = -ENOENT;
	char *text;

	if (read_boot_cfg(u, u->state.good, &text, &name, &image))
		role = manifest_role(m, name);
	free(text);
	return role;
}

static int role_of(const struct update *u, struct manifest *m)
{
	int fallback = m->default_role, role;

	if (u->role)
		return manifest_role(m, text_span(u->role));
	m->default_role = -1;
	role = manifest_role_of(m, &u->machine);
	m->default_role = fallback;
	if (role < 0)
		role = role_of_disk(u, m);
	if (role < 0 && u->policy.role.n)
		return manifest_role(m, u->policy.role);
	return role < 0 ? fallback : role;
}

const struct manifest_role *tree_choose(const struct update *u,
					struct manifest *m, struct span *image)
{
	int role = role_of(u, m), i;

	if (role < 0)
		return NULL;
	i = manifest_image_of(m, role, &u->machine);
	*image = i < 0 ? text_span(GRUB_OWN) : m->images[i].name;
	return i < 0 ? &m->roles[role] : &m->images[i].is;
}

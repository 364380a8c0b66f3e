// SPDX-License-Identifier: MIT
/* grub.c - the outer menu of an installed disk. */
#include <string.h>

#include "grub.h"
#include "host/alloc.h"

extern const char grub_text[] __asm__("_binary_grub_cfg_start");
extern const char grub_text_end[] __asm__("_binary_grub_cfg_end");

#define LABEL "@LABEL@"

char *grub_config(const char *label)
{
	const char *at = memmem(grub_text, grub_text_end - grub_text, LABEL,
				strlen(LABEL));
	const char *rest = at + strlen(LABEL);

	return xasprintf("%.*s%s%.*s", (int)(at - grub_text), grub_text, label,
			 (int)(grub_text_end - rest), rest);
}

char *grub_boot_cfg(struct span role, struct span image)
{
	return xasprintf(GRUB_SET_ROLE "%.*s\n" GRUB_SET_IMAGE "%.*s\n",
			 (int)role.n, role.p, (int)image.n, image.p);
}

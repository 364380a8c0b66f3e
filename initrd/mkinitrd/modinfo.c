// SPDX-License-Identifier: MIT
/*
 * modinfo.c - the .modinfo section of a kernel module (ELF64).
 */
#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "modinfo.h"

struct elf {
	const char *p;
	size_t size;
};

static const void *at(const struct elf *e, size_t offset, size_t len)
{
	if (offset > e->size || e->size - offset < len)
		return NULL;
	return e->p + offset;
}

static bool section(const struct elf *e, const Elf64_Ehdr *h, unsigned int i,
		    Elf64_Shdr *s)
{
	size_t offset;
	const void *p;

	if (__builtin_add_overflow(h->e_shoff, i * sizeof(*s), &offset))
		return false;
	p = at(e, offset, sizeof(*s));
	if (p)
		memcpy(s, p, sizeof(*s));
	return p;
}

/* The section called .modinfo; 0, or -EBADMSG. */
static int find(const struct elf *e, const Elf64_Ehdr *h, Elf64_Shdr *found)
{
	static const char want[] = ".modinfo";
	Elf64_Shdr names, s;
	const char *name;

	if (!section(e, h, h->e_shstrndx, &names))
		return -EBADMSG;
	for (unsigned int i = 0; i < h->e_shnum; i++) {
		if (!section(e, h, i, &s) || s.sh_name > names.sh_size)
			return -EBADMSG;
		name = at(e, names.sh_offset + s.sh_name, sizeof(want));
		if (name && !memcmp(name, want, sizeof(want))) {
			*found = s;
			return 0;
		}
	}
	return -EBADMSG;
}

int modinfo_each(const void *elf, size_t size, const char *key,
		 void (*fn)(void *user, const char *value), void *user)
{
	struct elf e = {elf, size};
	size_t len = strlen(key);
	const char *p, *end;
	Elf64_Ehdr h;
	Elf64_Shdr s;

	if (size < sizeof(h))
		return -EBADMSG;
	memcpy(&h, elf, sizeof(h));
	if (memcmp(h.e_ident, ELFMAG, SELFMAG) ||
	    h.e_ident[EI_CLASS] != ELFCLASS64 ||
	    h.e_ident[EI_DATA] != ELFDATA2LSB || h.e_shentsize != sizeof(s) ||
	    find(&e, &h, &s))
		return -EBADMSG;
	p = at(&e, s.sh_offset, s.sh_size);
	if (!p || (s.sh_size && p[s.sh_size - 1]))
		return -EBADMSG;
	for (end = p + s.sh_size; p < end; p += strlen(p) + 1)
		if (!strncmp(p, key, len) && p[len] == '=')
			fn(user, p + len + 1);
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * pe.c - sections put behind those of an EFI program.
 */
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "pe.h"

#define PE_AT	     0x3c /* where the offset of "PE\0\0" stands */
#define MACHINE_X64  0x8664
#define MAGIC_PE32P  0x20b
#define OPT_MIN	     (112 + 5 * 8) /* up to the directory of signatures */
#define SECTION_SIZE 40
#define PAGE	     4096
#define DATA_READ    0x40000040 /* initialized data, readable */
#define SECTION_MAX  (1u << 30)

/* Offsets in the optional header. */
enum {
	OPT_DATA_SIZE = 8,
	OPT_FILE_ALIGN = 36,
	OPT_IMAGE_SIZE = 56,
	OPT_HEADERS_SIZE = 60,
	OPT_CHECKSUM = 64,
	OPT_CERTIFICATES = 112 + 4 * 8,
};

struct pe {
	const char *path;
	uint8_t *p;
	size_t size;
	uint8_t *coff, *opt, *sections; /* inside */
	unsigned int n;
	uint32_t align; /* of sections in the file */
};

static uint32_t get32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static uint16_t get16(const void *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return le16toh(v);
}

static void put32(void *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

static void put16(void *p, uint16_t v)
{
	v = htole16(v);
	memcpy(p, &v, sizeof(v));
}

static uint64_t up(uint64_t v, uint32_t align)
{
	return (v + align - 1) / align * align;
}

static void check(const struct pe *pe, bool good, const char *what)
{
	if (!good)
		die("%s: no EFI program to add to: %s", pe->path, what);
}

static void parse(struct pe *pe)
{
	uint32_t at, opt_size;

	check(pe, pe->size > PE_AT + 4 && !memcmp(pe->p, "MZ", 2), "not PE");
	at = get32(pe->p + PE_AT);
	check(pe,
	      at < pe->size && pe->size - at > 24 + OPT_MIN &&
		      !memcmp(pe->p + at, "PE\0\0", 4),
	      "not PE");
	pe->coff = pe->p + at + 4;
	pe->opt = pe->coff + 20;
	pe->n = get16(pe->coff + 2);
	opt_size = get16(pe->coff + 16);
	check(pe,
	      get16(pe->coff) == MACHINE_X64 && get16(pe->opt) == MAGIC_PE32P &&
		      opt_size >= OPT_MIN,
	      "not for x86-64");
	check(pe, !get32(pe->opt + OPT_CERTIFICATES), "signed already");
	pe->align = get32(pe->opt + OPT_FILE_ALIGN);
	check(pe, pe->align >= 512 && pe->align <= PAGE, "odd alignment");
	pe->sections = pe->opt + opt_size;
	check(pe, get32(pe->opt + OPT_HEADERS_SIZE) <= pe->size, "cut short");
}

/* Where memory and file end that the sections so far take. */
static void ends(const struct pe *pe, uint64_t *memory, size_t *file)
{
	uint64_t end;
	unsigned int i;

	*memory = *file = 0;
	for (i = 0; i < pe->n; i++) {
		const uint8_t *s = pe->sections + i * SECTION_SIZE;

		end = (uint64_t)get32(s + 12) + get32(s + 8);
		if (end > *memory)
			*memory = end;
		end = (uint64_t)get32(s + 20) + get32(s + 16);
		check(pe, end <= pe->size, "cut short");
		if (end > *file)
			*file = (size_t)end;
	}
}

static void add(struct pe *pe, const struct pe_section *s, size_t *file_end,
		uint64_t *end)
{
	uint8_t *h = pe->sections + pe->n * SECTION_SIZE;
	size_t raw = up(s->size, pe->align);

	*end = up(*end, PAGE);
	check(pe,
	      s->size < SECTION_MAX && *end + raw < UINT32_MAX &&
		      *file_end + raw < UINT32_MAX,
	      "too much for it");
	memset(h, 0, SECTION_SIZE);
	memcpy(h, s->name, strnlen(s->name, 8));
	put32(h + 8, (uint32_t)s->size);
	put32(h + 12, (uint32_t)*end);
	put32(h + 16, (uint32_t)raw);
	put32(h + 20, (uint32_t)*file_end);
	put32(h + 36, DATA_READ);
	memcpy(pe->p + *file_end, s->p, s->size);
	*file_end += raw;
	*end += s->size;
	put32(pe->opt + OPT_DATA_SIZE,
	      get32(pe->opt + OPT_DATA_SIZE) + (uint32_t)raw);
	pe->n++;
}

void *pe_append(const char *path, const void *image, size_t size,
		const struct pe_section *sections, unsigned int n,
		size_t *out_size)
{
	size_t whole = up(size, PAGE), file_end;
	struct pe pe = {.path = path, .size = size};
	unsigned int i;
	uint64_t end;

	for (i = 0; i < n; i++)
		whole += up(sections[i].size, PAGE);
	pe.p = xcalloc(1, whole);
	memcpy(pe.p, image, size);
	parse(&pe);
	check(&pe,
	      (size_t)(pe.sections - pe.p) + (pe.n + n) * SECTION_SIZE <=
		      get32(pe.opt + OPT_HEADERS_SIZE),
	      "no room for more sections");
	ends(&pe, &end, &file_end);
	/* symbols, which a debugger may want and no firmware: what is signed
	 * has no gaps */
	memset(pe.p + file_end, 0, size - file_end);
	put32(pe.coff + 8, 0);
	put32(pe.coff + 12, 0);
	file_end = up(file_end, pe.align);
	for (i = 0; i < n; i++)
		add(&pe, &sections[i], &file_end, &end);
	put16(pe.coff + 2, (uint16_t)pe.n);
	put32(pe.opt + OPT_IMAGE_SIZE, (uint32_t)up(end, PAGE));
	put32(pe.opt + OPT_CHECKSUM, 0);
	*out_size = file_end;
	return pe.p;
}

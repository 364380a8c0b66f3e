// SPDX-License-Identifier: MIT
/* case-manifest.c - manifests: rows P2, P4, P6 to P12, P15 to P17. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "format/manifest.h"
#include "goodinput.h"

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	static struct manifest m;

	return manifest_parse(&m, (struct span){(const char *)p, n}, f);
}

static void number(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const keys[] = {
		"\nepoch ",    "\nserial ", "\ncreated ", "\nexpires ",
		"\nmin-init ", "\nfloor ",  " size=",	  " index-size=",
		" unpacked=",  " inodes="};

	case_number(b, keys[k % ARRAY_SIZE(keys)], k / ARRAY_SIZE(keys), r);
}

static void digest(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const keys[] = {"layer base ", "layer overlay ",
					   " index=",	  " base=",
					   "overlays=",	  "role db base="};

	case_digest(b, keys[k % ARRAY_SIZE(keys)], k / ARRAY_SIZE(keys), r);
}

static void name(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const keys[] = {"\nsite ", " name=", "\nrole ",
					   " role=", "\ndefault "};
	static const char *const junk[] = {"../x", "/x", "a//b",  "http://x/",
					   "..\n", "",	 "x\ny",  "%2e",
					   "x y",  "\\", "~",	  "a:b",
					   "*",	   "{}", "\"a\"", "$(x)"};
	const char *key = keys[k % ARRAY_SIZE(keys)];
	size_t at = bytes_find(b, key, k) + strlen(key), n = 0;
	char longest[130];

	k /= ARRAY_SIZE(keys);
	while (b->p[at + n] != ' ' && b->p[at + n] != '\n')
		n++;
	bytes_remove(b, at, n);
	if (k % 17 == 16) {
		memset(longest, 'x', 129);
		bytes_insert(b, at, longest, 129);
		return;
	}
	bytes_insert(b, at, junk[k % 17], strlen(junk[k % 17]));
}

/* Lines 1 to 7 stand once each, in one order. */
static void head_missing(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_line_drop(b, 1 + k % 7);
}

static void head_swapped(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t a = 1 + k % 7, c = 1 + (a + rng_below(r, 6)) % 7;

	bytes_line_copy(b, a, c > a ? c + 1 : c);
	bytes_line_drop(b, c > a ? a : a + 1);
}

static void head_twice(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t a = 1 + k % 7;

	bytes_line_copy(b, a, a + 1 + rng_below(r, bytes_lines(b) - a));
}

/* Layers and roles: the same key once more, at any distance. */
static void again(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t a = 8 + k % 8;

	bytes_line_copy(b, a, a + 1 + rng_below(r, 2));
}

/* A kind of line behind one that comes after it. */
static void misplaced(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const kinds[] = {"layer ", "role ", "machine ",
					    "default "};
	static const char *const later[] = {"role ", "machine ", "default ",
					    "mirror "};
	size_t i = k % 4, from = 0, to = 0, at, n;

	for (size_t l = 0; l < bytes_lines(b); l++) {
		bytes_line(b, l, &at, &n);
		if (!memcmp(b->p + at, kinds[i], strlen(kinds[i])))
			from = l;
		if (!memcmp(b->p + at, later[i], strlen(later[i])))
			to = l;
	}
	bytes_line_copy(b, from, to + 1);
	bytes_line_drop(b, from);
}

static void many(struct bytes *b, uint64_t k, struct rng *r)
{
	static const struct {
		unsigned int n;
		const char *line;
	} rows[] = {{257, "layer base %064x size=1 index=%064x index-size=1 "
			  "name=x\n"},
		    {255, "role r%d base="},
		    {510, "machine mac=%d role=web\n"},
		    {16, "mirror http://m%d/\n"},
		    {1025, "?new %d\n"}};
	const char *line = rows[k % 5].line;
	size_t at = k % 5 == 4 ? bytes_find(b, "\nlayer ", 0) + 1 : b->n;
	char text[512], base[65];

	memcpy(base, b->p + bytes_find(b, "layer base ", 0) + 11, 64);
	base[64] = 0;
	if (k % 5 < 3)
		at = bytes_find(
			     b,
			     &"\nlayer \0\nrole db\0\nmachine "[k % 5 == 0 ? 0
								: k % 5 == 1
									? 8
									: 17],
			     0) +
		     1;
	for (unsigned int i = 1; i <= rows[k % 5].n; i++) {
		int n = snprintf(text, sizeof(text), line, i, i);

		if (k % 5 == 1)
			n += sprintf(text + n, "%s\n", base);
		bytes_insert(b, at, text, n);
	}
}

static void many_overlays(struct bytes *b, uint64_t k, struct rng *r)
{
	char base[65], line[512];
	size_t at;

	memcpy(base, b->p + bytes_find(b, "layer base ", 0) + 11, 64);
	base[64] = 0;
	at = bytes_find(b, "overlays=", 0) + 9;
	for (unsigned int i = 1; i <= 16; i++) {
		sprintf(line, "%064x,", i);
		bytes_insert(b, at, line, 65);
		sprintf(line,
			"layer overlay %064x size=1 index=%064x index-size=1 "
			"name=o unpacked=1 inodes=1 base=%s\n",
			i, i, base);
		bytes_insert(b, bytes_find(b, "\nrole ", 0) + 1, line,
			     strlen(line));
		at = bytes_find(b, "overlays=", 0) + 9;
	}
}

static void overlay_twice(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at = bytes_find(b, "overlays=", k) + 9;
	char first[65];

	memcpy(first, b->p + at, 64);
	first[64] = ',';
	bytes_insert(b, at, first, 65);
}

static void other_base(struct bytes *b, uint64_t k, struct rng *r)
{
	const char *role = k % 2 ? "role web base=" : "role db base=";
	size_t from = bytes_find(b, "layer base ", k % 2) + 11;
	size_t to = bytes_find(b, role, 0) + strlen(role);

	/* the first base is web's, the second db's: each gets the other */
	memcpy(b->p + to, b->p + from, 64);
}

/* Too long by any amount, of nothing but what might be ignored. */
static void long_text(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t more = MANIFEST_SIZE_MAX + 1 - b->n + k;
	char *p = malloc(more);

	memset(p, 'x', more);
	memcpy(p, "\n?", 2);
	bytes_insert(b, b->n - 1, p, more);
	free(p);
}

static const struct rule rules[] = {
	LINE_RULES,
	RULE("P9 a number that is none", number, 8),
	RULE("P16 a digest that is none", digest, 6),
	RULE("P11 a name that is none", name, 8),
	RULE("a line of the head missing", head_missing, 1),
	RULE("lines of the head swapped", head_swapped, 2),
	RULE("P6 a line of the head twice", head_twice, 2),
	RULE("P6 a layer or role twice", again, 2),
	RULE("a line behind its place", misplaced, 2),
	RULE("P10 more than may be", many, 1),
	RULE("17 overlays", many_overlays, 1),
	RULE("P10 longer than 256 KiB", long_text, 1),
	EDIT("serial 0", "\nserial ", "\nserial 0\n?"),
	EDIT("floor above serial", "\nfloor ", "\nfloor 1000"),
	EDIT("P15 min-init 92", "\nmin-init ", "\nmin-init 9"),
	EDIT("min-init 0", "\nmin-init 2", "\nmin-init 0"),
	EDIT("min-init too low for a rollout", "\nmin-init 2", "\nmin-init 1"),
	EDIT("a share above the whole", " share=", " share=1000"),
	EDIT("an image of no role", "\nimage r7 role=", "\nimage r7 role=x"),
	EDIT("a pin to no image", " image=r7", " image=r8"),
	EDIT("P12 unknown word", "\nlayer ", "\nchroot x\nlayer "),
	EDIT("P12 unknown attribute", " index=", " new=1 index="),
	EDIT("an attribute at the end", "\ndefault web", "\ndefault web x=1"),
	EDIT("P6 attribute twice", " name=", " name=a name="),
	EDIT("attribute missing", " index-size=", " ?index-size="),
	EDIT("empty layer", " size=", " size=0 ?"),
	EDIT("empty index", " index-size=", " index-size=0 ?"),
	EDIT("index of 64 MiB and a byte",
	     " index-size=", " index-size=67108865 ?"),
	EDIT("kind of layer", "layer overlay ", "layer over "),
	EDIT("case of a kind", "layer base ", "layer Base "),
	EDIT("a base as an overlay", "layer overlay ", "layer base "),
	EDIT("an overlay as a base", "layer base ", "layer overlay "),
	EDIT("P4 default of no role", "\ndefault web", "\ndefault kiosk"),
	EDIT("P4 role in another case", "\ndefault web", "\ndefault Web"),
	EDIT("P4 rule for no role", " role=web", " role=web2"),
	EDIT("role of no base", "\nrole db base=", "\nrole db base=0"),
	RULE("an overlay twice", overlay_twice, 1),
	RULE("an overlay of another base", other_base, 1),
	EDIT("an empty overlay", " overlays=", " overlays=,"),
	EDIT("no overlay", " overlays=", " overlays= ?"),
	EDIT("grants before overlays", " overlays=", " grants=caps overlays="),
	EDIT("unknown grant", "=devnodes,", "=devnodes,root,"),
	EDIT("a grant twice", "=devnodes,", "=devnodes,devnodes,"),
	EDIT("grants out of order", "=devnodes,setid", "=setid,devnodes"),
	EDIT("an empty grant", "=devnodes,", "=devnodes,,"),
	EDIT("unknown key of a machine", "\nmachine mac=", "\nmachine ip="),
	EDIT("MAC in upper case", "\nmachine mac=", "\nmachine mac=A"),
	EDIT("empty pattern", "\nmachine mac=", "\nmachine mac= ?"),
	EDIT("rule without a role", " role=db\n", "\n"),
	EDIT("mirror of another scheme", "\nmirror http:", "\nmirror ftps:"),
	EDIT("mirror of a file", "\nmirror http:", "\nmirror file:"),
	EDIT("mirror with a user", "\nmirror http://", "\nmirror http://u@"),
	EDIT("mirror that climbs", "/{role}/", "/{role}/../"),
	EDIT("mirror that climbs, escaped", "/{role}/", "/%2e%2E/"),
	EDIT("mirror with an unknown name", "{role}", "{host}"),
	EDIT("mirror that is open", "{role}", "{role"),
	EDIT("H21 a portal's page", MANIFEST_MAGIC, "<!DOCTYPE html>\n"),
};

static const char *const words[] = {"slipway-manifest 1\n",
				    "site ",
				    "epoch ",
				    "serial ",
				    "created ",
				    "expires ",
				    "min-init ",
				    "floor ",
				    "layer base ",
				    "layer overlay ",
				    "size=",
				    " index=",
				    " index-size=",
				    " name=",
				    " unpacked=",
				    " inodes=",
				    " base=",
				    "role ",
				    " overlays=",
				    " grants=",
				    "devnodes",
				    "setid",
				    "caps",
				    "machine mac=",
				    "machine uuid=",
				    "machine serial=",
				    " role=",
				    "default ",
				    "mirror http://",
				    "\n?",
				    " ?",
				    "{mac}",
				    "9223372036854775807",
				    NULL};

const struct format case_manifest = {"manifest",   NULL,  good_manifest, decode,
				     RULES(rules), words, .weight = 5};

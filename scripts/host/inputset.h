/* SPDX-License-Identifier: MIT */
/*
 * inputset.h - all that something was built from, a line each: "DIGEST NAME".
 * Kept beside what was built, it says why it has to be built again.
 */
#ifndef HOST_INPUTSET_H
#define HOST_INPUTSET_H

#include <stdint.h>
#include <stdio.h>
#include "format/digest.h"

struct inputset {
	FILE *f;
	char *text;
	size_t size;
};

/* inputset_open - an empty set; inputset_free() ends it. */
void inputset_open(struct inputset *s);
void inputset_free(struct inputset *s);

/*
 * One input more: a text; a number; a file's contents; everything below a
 * folder (type, mode, contents or target), named @prefix and its path in there.
 * All die naming what cannot be read.
 */
void inputset_text(struct inputset *s, const char *name, const char *text);
void inputset_number(struct inputset *s, const char *name, uint64_t v);
void inputset_file(struct inputset *s, const char *name, const char *path);
void inputset_tree(struct inputset *s, const char *prefix, const char *dir);

/* inputset_key - one digest of all of them, in their order. */
void inputset_key(struct inputset *s, char out[DIGEST_HEX + 1]);

/* inputset_save - write it to @path, whole or not at all; or die. */
void inputset_save(struct inputset *s, const char *path);

/*
 * inputset_why - what is not as in the set at @path: "hooks/install.d/10-x
 * changed and 2 more"; NULL when nothing is, "first build" when there is no
 * such set. malloc-ed.
 */
char *inputset_why(struct inputset *s, const char *path);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * manifest_words.h - the words of the manifest's closed sets, in the order of
 * their enums, for the two files that read and write them.
 */
#ifndef FORMAT_MANIFEST_WORDS_H
#define FORMAT_MANIFEST_WORDS_H

static const char *const manifest_kinds[] = {"base", "overlay"};
static const char *const manifest_grants[] = {"devnodes", "setid", "caps"};
static const char *const manifest_keys[] = {"mac=", "uuid=", "serial="};

#endif

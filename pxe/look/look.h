/* SPDX-License-Identifier: MIT */
/*
 * look.h - what is inside: a layer's entries, or those of a role's union, in
 * byte order of their paths, and their contents.
 */
#ifndef LOOK_H
#define LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "format/cpio.h"
#include "format/digest.h"

#define LOOK_LAYERS_MAX 32

struct spool;
struct sqread;
struct sqread_file;

struct look_xattr {
	char *name;
	uint8_t *value;
	size_t size;
};

/*
 * One path. What an overlay deletes is an entry with @deleted and no more;
 * a look at a role has none of those.
 */
struct look_entry {
	char *path;	    /* relative, "" for the root */
	unsigned int layer; /* it comes from */
	bool deleted, opaque;
	mode_t mode;
	uint32_t uid, gid, mtime;
	uint32_t ino, nlink; /* of the layer; names of one file share it */
	uint64_t size;
	uint32_t major, minor;
	char *target; /* of a symlink, else NULL */
	size_t n_xattrs;
	struct look_xattr *xattrs;
	struct sqread_file *file; /* in a squashfs, else NULL */
	char *first;		  /* of an archive: the name with the data,
				     NULL: its own */
	bool hashed;
	uint8_t digest[DIGEST_SIZE]; /* of its contents, once hashed */
};

struct look_layer {
	char *name;	      /* for people */
	char *path;	      /* of the file */
	bool base;	      /* a squashfs, else an overlay's archive */
	struct sqread *image; /* of a squashfs */
	unsigned int streams; /* files asked for, of an archive */
	struct spool *spool;  /* and their contents, from the second on */
};

struct look {
	unsigned int n_layers;
	struct look_layer layers[LOOK_LAYERS_MAX];
	size_t n, room;
	struct look_entry *entries;
};

/* Where things are looked for. */
struct look_from {
	const char *dir;  /* a site, NULL: found from here */
	const char *root; /* certificate, PEM; NULL: the site's */
};

/*
 * look_open - open @thing or die naming it:
 *
 *	FILE		a squashfs or an overlay's archive
 *	TREE:NAME	role or layer NAME of the publish tree in folder TREE,
 *			by its manifest, which must be signed under the root
 *	NAME		the same in the tree of the site
 *
 * Everything in @l is its own until look_close().
 */
void look_open(struct look *l, const struct look_from *from, const char *thing);
void look_close(struct look *l);

/* look_find - the entry at @path ("" or "." the root, slashes around it do
 * not matter), or NULL. */
const struct look_entry *look_find(const struct look *l, const char *path);

/*
 * look_resolve - the entry at @path once every symlink on the way is
 * followed, inside the tree; NULL with errno (ENOENT, ENOTDIR, ELOOP).
 */
const struct look_entry *look_resolve(const struct look *l, const char *path);

/* look_stream - contents of a regular file to @fn, part by part; dies when
 * the layer cannot be read. Stops at and returns @fn's first non-zero. */
int look_stream(const struct look *l, const struct look_entry *e,
		int (*fn)(void *user, const void *p, size_t size), void *user);

/* look_text - the contents, malloc-ed and NUL terminated; NULL when they are
 * above @max bytes or @e is no regular file. */
char *look_text(const struct look *l, const struct look_entry *e, size_t max);

/* look_digest - SHA-256 of a regular file's contents, kept in the entry. */
const uint8_t *look_digest(const struct look *l, struct look_entry *e);

/*
 * For those who fill it: look_add() - a new entry, zeroed, with a copy of
 * @path; look_sort() - by path, after which it must hold no path twice.
 * look_base(), look_overlay() - read a file into an empty look, or die.
 * look_stack() - put @upper over @l, as overlayfs would; @upper is used up.
 */
struct look_entry *look_add(struct look *l, const char *path);
void look_sort(struct look *l);
void look_base(struct look *l, const char *file);
void look_overlay(struct look *l, const char *file);
void look_stack(struct look *l, struct look *upper);

/*
 * look_archive_decode - tell @sink of an archive, the list at its front too,
 * until *@enough; dies when it is damaged, or with what @sink said.
 */
void look_archive_decode(const char *file, const struct cpio_sink *sink,
			 void *user, const bool *enough);

/* look_archive_stream - look_stream() for a file of an overlay's archive. */
int look_archive_stream(const char *file, const char *path,
			int (*fn)(void *user, const void *p, size_t size),
			void *user);

#endif

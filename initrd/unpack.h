/* SPDX-License-Identifier: MIT */
/*
 * unpack.h - an overlay into its own directory: unpack.c drives, unpackfs.c
 * makes what the members say, unpackmeta.c what newc cannot say.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include "boot.h"
#include "format/cpio.h"

#define UNPACK_INODES_MAX (1u << 20)
#define UNPACK_NAMES_MAX  (256u << 20) /* reserved, used as needed */
#define UNPACK_PARTS_MAX  8	       /* files above 4 GiB */

enum unpack_what { UNPACK_NONE, UNPACK_LIST, UNPACK_FILE, UNPACK_LINK };

/* A name kept for later, as an offset into unpack.names. */
struct unpack_mark {
	uint32_t key; /* hard links: inode number; directories: mtime */
	uint32_t name;
	uint32_t type; /* S_IFMT bits */
};

struct unpack_parts {
	char path[CPIO_NAME_MAX + 1];
	uint32_t left;
};

struct unpack {
	const struct manifest_layer *m;
	const uint8_t *base; /* digest the list must name */
	unsigned int grants;
	enum code code; /* what a refusal is to be called */
	bool blamed;	/* path is at fault, not what follows it */
	int root;	/* directory of this layer */
	int dir;	/* the last parent, kept open, or -1 */
	char dir_path[CPIO_NAME_MAX + 1];

	enum unpack_what what; /* the member at hand */
	struct cpio_entry e;
	char path[CPIO_NAME_MAX + 1];
	int fd;
	uint64_t at; /* bytes of the file, earlier parts included */
	char link[CPIO_LINK_MAX + 1];
	size_t link_len;
	bool root_seen;

	bool list_seen;
	char *list;
	size_t list_len;
	unsigned int n_parts;
	struct unpack_parts parts[UNPACK_PARTS_MAX];

	size_t mask;		   /* size of links - 1 */
	struct unpack_mark *links; /* hash of inode numbers */
	struct unpack_mark *dirs;  /* dates come last */
	size_t n_dirs;
	char *names;
	size_t names_used; /* 0 is no name */
	struct cpio_decoder decoder;
};

/*
 * unpack_start - begin with overlay @i of b->layers, which is whole, in a
 * process of its own; layers.said[i] becomes readable when it has ended.
 * unpack_end - wait for it, and free its file. Both: 0, or -EPROTO.
 */
int unpack_start(struct boot *b, unsigned int i);
int unpack_end(struct boot *b, unsigned int i);

/* unpackfs.c: the members, for cpio_decode(). */
extern const struct cpio_sink unpackfs_sink;

/*
 * unpackfs_parent - the directory that holds @path, and its last component.
 *
 * No symbolic link is followed and the layer is not left. The descriptor
 * stays unpack's. -errno when there is no such directory in this archive.
 */
int unpackfs_parent(struct unpack *u, const char *path, const char **leaf);

/* unpackfs_blame - choose the code for @err of a system call, pass it on. */
int unpackfs_blame(struct unpack *u, struct fault *f, int err, const char *why);

/* unpackmeta_open - check the list as soon as it is whole. */
int unpackmeta_open(struct unpack *u, struct fault *f);

/* unpackmeta_apply - deletions, opaque directories, attributes, dates. */
int unpackmeta_apply(struct unpack *u, struct fault *f);

#endif

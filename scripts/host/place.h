/* SPDX-License-Identifier: MIT */
/*
 * place.h - put files into a tree as a tar has them, in any order, never
 * through a link, and without a trace in the dates of folders. All of it dies
 * naming the path.
 */
#ifndef HOST_PLACE_H
#define HOST_PLACE_H

#include "tarread.h"

struct place {
	const char *what; /* for messages */
	int home, root;	  /* folders: where we came from, the tree */
	void *dates;	  /* of folders, by path */
	int fd;		  /* of the file between begin and end */
	uint64_t size;
	struct tarread_entry now; /* attributes to come at its end */
	char *path;
	unsigned int dropped; /* attributes that are not carried over */
	bool no_owner;	      /* set by the caller: all is the caller's own */
	bool stand_ins; /* set by the caller: for device nodes that cannot be
			   made, as in sqtree.h */
};

/* place_open - into the folder @dir; the working folder moves until
 * place_close(), which also sets the dates of folders. */
void place_open(struct place *p, const char *what, const char *dir);
void place_close(struct place *p);

/* place_remove - @path and all in it, when it is there. */
void place_remove(struct place *p, const char *path);

/* place_link - have @to name what @from names; what it named is removed. */
void place_link(struct place *p, const char *from, const char *to);

/* place_dir - a folder as @e says; one that is there keeps what is in it. */
void place_dir(struct place *p, const struct tarread_entry *e);

/*
 * place_begin - any other file, in the place of what is there; for a regular
 * one place_data() follows. place_end - owner, mode, attributes and date.
 */
void place_begin(struct place *p, const struct tarread_entry *e);
void place_data(struct place *p, const void *data, uint64_t size);
void place_end(struct place *p);

#endif

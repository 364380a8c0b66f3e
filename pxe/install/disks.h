/* SPDX-License-Identifier: MIT */
/*
 * disks.h - the disks of this machine, which of them may be written to, and
 * the one that is meant (kernel: admin-guide/abi-testing, sysfs-block).
 */
#ifndef INSTALL_DISKS_H
#define INSTALL_DISKS_H

#include <stdbool.h>
#include <stdint.h>

#define DISKS_MAX  256
#define DISKS_TEXT 128

struct disks_one {
	char name[DISKS_TEXT]; /* "sda"; of an image, the file's name */
	char path[4096];
	char model[DISKS_TEXT], serial[DISKS_TEXT]; /* "" when it has none */
	uint64_t size;				    /* bytes */
	unsigned int sector;
	bool removable, image;
	char why_not[DISKS_TEXT * 2]; /* it may not be written to, or "" */
	char holds[DISKS_TEXT * 2];   /* data that is on it, or "" */
	bool unfinished; /* ... which an install that was cut off has left */
};

struct disks {
	unsigned int n;
	struct disks_one d[DISKS_MAX];
};

/*
 * disks_list - all that are no loop device, RAM disk or part of another.
 * @medium: a label that makes a disk the medium, or NULL. disks_image - a
 * file as a disk with sectors of @sector bytes. Nothing is written; both die
 * when they cannot look.
 */
void disks_list(struct disks *l, const char *medium);
void disks_image(struct disks_one *d, const char *path, unsigned int sector);

/*
 * disks_choose - the one that @want means, or die naming those there are.
 *
 * @want: a path; or "size>=SIZE", "size<=SIZE", "size=largest|smallest",
 * "model=GLOB", "serial=GLOB", "name=GLOB", joined by commas; NULL: the only
 * one. Disks that may not be written to, and removable ones, are passed over
 * unless named by path, serial or name; named, they are refused by their
 * reason.
 */
const struct disks_one *disks_choose(struct disks *l, const char *want,
				     const char *medium);

/*
 * disks_consent - die unless @d is empty, or @word is "ERASE-" and a glob that
 * its serial (its name, when it has none) matches.
 */
void disks_consent(const struct disks_one *d, const char *word);

/* disks_print - a line on standard output for each. */
void disks_print(const struct disks *l);

#endif

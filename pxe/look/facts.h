/* SPDX-License-Identifier: MIT */
/*
 * facts.h - a look in people's terms: named facts, so that two releases can
 * be told apart by them.
 */
#ifndef LOOK_FACTS_H
#define LOOK_FACTS_H

#include "look.h"

struct fact {
	char *name, *value;
};

/* Sorted by name, no name twice once facts_sort() was called. */
struct facts {
	size_t n;
	struct fact *list;
};

/* facts_add - both strings are copied. facts_sort - the last of a name wins. */
void facts_add(struct facts *f, const char *name, const char *value);
void facts_sort(struct facts *f);
void facts_free(struct facts *f);

/*
 * What is known of the tree in @l:
 * packages	name: version, by dpkg's status file
 * units	what systemd starts or may not: "UNIT in TARGET": "enabled", or
 *		UNIT: "masked"
 * privileges	files with setuid, setgid or capabilities
 * accounts	users and groups
 * sizes	bytes of files by folder, two levels of /usr and /var
 * owned	bytes of files by package, "-" those of none; what a layer brings
 *		of another one's package is nobody's
 */
void facts_packages(struct facts *f, const struct look *l);
void facts_units(struct facts *f, const struct look *l);
void facts_privileges(struct facts *f, const struct look *l);
void facts_accounts(struct facts *f, const struct look *l);
void facts_sizes(struct facts *f, const struct look *l);
void facts_owned(struct facts *f, const struct look *l);

/* facts_files - each regular file once, whatever its names, in no order. */
void facts_files(const struct look *l,
		 void (*fn)(void *user, const struct look_entry *e),
		 void *user);

/* facts_each - @a or @b is NULL where a side has no such fact; equal ones are
 * left out. Both are sorted. */
void facts_each(const struct facts *old, const struct facts *new,
		void (*fn)(void *user, const char *name, const char *a,
			   const char *b),
		void *user);

#endif

/* SPDX-License-Identifier: MIT */
/* grafts.h - xorriso's command line: its options, then what goes where. */
#ifndef MEDIA_GRAFTS_H
#define MEDIA_GRAFTS_H

#include <stddef.h>

struct grafts {
	const char **v; /* NULL terminated */
	size_t n;
};

/* grafts_word - @word as it is; it must outlive @a. */
void grafts_word(struct grafts *a, const char *word);

/* grafts_file - the file @from, links followed, becomes @to. Dies when it is
 * not there. */
void grafts_file(struct grafts *a, const char *to, const char *from);

/* grafts_put - @size bytes at @p become @to, by way of a file in @dir. */
void grafts_put(struct grafts *a, const char *dir, const char *to,
		const void *p, size_t size);

#endif

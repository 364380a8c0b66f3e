// SPDX-License-Identifier: MIT
/*
 * where.c - where files lie on a finished medium, as xorriso reports it:
 * File data lba: EXTENT , LBA , BLOCKS , BYTES , 'PATH'
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"
#include "tool.h"
#include "where.h"

static void add(struct where *w, char *line)
{
	unsigned long long extent, lba, blocks, size;
	char *path = strchr(line, '\''), *end = strrchr(line, '\'');

	if (sscanf(line, "File data lba: %llu , %llu , %llu , %llu ,", &extent,
		   &lba, &blocks, &size) != 4 ||
	    !path || end == path)
		return;
	*end = '\0';
	w->files = xrealloc(w->files, w->n + 1, sizeof(*w->files));
	w->files[w->n++] = (struct where_file){
		.path = xstrdup(path + 1),
		.at = extent ? UINT64_MAX : lba * WHERE_BLOCK,
		.size = size,
	};
}

void where_read(struct where *w, const char *image)
{
	char *device = xasprintf("stdio:%s", image), *text, *line, *save;

	spawn_need("xorriso", "xorriso");
	memset(w, 0, sizeof(*w));
	w->image = xstrdup(image);
	text = tool_read((const char *const[]){"xorriso",
					       "-abort_on",
					       "FATAL",
					       "-return_with",
					       "FAILURE",
					       "32",
					       "-report_about",
					       "FAILURE",
					       "-drive_access",
					       "shared:readonly",
					       "-indev",
					       device,
					       "-find",
					       "/",
					       "-type",
					       "f",
					       "-exec",
					       "report_lba",
					       "--",
					       NULL});
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		add(w, line);
	free(text);
	free(device);
	if (!w->n)
		die("%s: not a medium that slipway made", image);
}

void where_free(struct where *w)
{
	while (w->n)
		free(w->files[--w->n].path);
	free(w->files);
	free(w->image);
}

const struct where_file *where_find(const struct where *w, const char *path)
{
	unsigned int i;

	for (i = 0; i < w->n; i++)
		if (!strcmp(w->files[i].path, path) &&
		    w->files[i].at != UINT64_MAX)
			return &w->files[i];
	return NULL;
}

char *where_slurp(const struct where *w, const char *path, size_t *size)
{
	const struct where_file *f = where_find(w, path);
	ssize_t n;
	char *p;
	int fd;

	if (!f || f->size > WHERE_SLURP_MAX)
		return NULL;
	fd = open(w->image, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s:", w->image);
	p = xmalloc(f->size + 1);
	n = pread(fd, p, f->size, f->at);
	if (n < 0 || (uint64_t)n != f->size)
		die("%s: %s: ends early", w->image, path);
	p[n] = '\0';
	if (size)
		*size = n;
	close(fd);
	return p;
}

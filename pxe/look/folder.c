// SPDX-License-Identifier: MIT
/* folder.c - a look's tree as a folder. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/error.h"
#include "host/outfile.h"
#include "host/place.h"
#include "folder.h"
#include "walk.h"

struct folder {
	struct place place;
	unsigned int left_out;
};

static bool entry(void *user, const struct tarread_entry *e)
{
	struct folder *f = user;

	if (f->place.no_owner && (S_ISCHR(e->mode) || S_ISBLK(e->mode))) {
		f->left_out++;
		return false;
	}
	if (S_ISDIR(e->mode)) {
		place_dir(&f->place, e);
		return false;
	}
	if (e->hardlink) {
		place_link(&f->place, e->hardlink, e->path);
		return false;
	}
	place_begin(&f->place, e);
	if (S_ISREG(e->mode))
		return true;
	place_end(&f->place);
	return false;
}

static void data(void *user, const void *p, size_t size)
{
	place_data(&((struct folder *)user)->place, p, size);
}

static void end(void *user)
{
	place_end(&((struct folder *)user)->place);
}

void folder_write(const struct look *l, const char *path, bool no_owner)
{
	static const struct walk_sink sink = {entry, data, end};
	struct folder f = {.left_out = 0};

	if (!no_owner && geteuid())
		die("%s: a folder with owners needs root (or --no-owner, or --format=tar)",
		    path);
	outfile_mkdir(path, 0755);
	place_open(&f.place, path, path);
	f.place.no_owner = no_owner;
	walk_all(l, false, &sink, &f);
	place_close(&f.place);
	outfile_keep(path);
	if (f.left_out)
		warn("%s: left out %u device nodes", path, f.left_out);
}

// SPDX-License-Identifier: MIT
/* spool.c - contents of an archive's files, kept where they can be found. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "look.h"
#include "spool.h"

struct part {
	char *path;
	uint64_t at, size;
	size_t number;
};

struct spool {
	const char *file;
	int fd;
	uint64_t end;
	size_t n, room;
	struct part *parts;
	bool in; /* a regular file */
};

static int begin(void *user, const struct cpio_entry *e, struct fault *f)
{
	struct spool *s = user;
	struct part *p;

	(void)f;
	s->in = S_ISREG(e->mode);
	if (!s->in)
		return 0;
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 256;
		s->parts = xrealloc(s->parts, s->room, sizeof(*s->parts));
	}
	p = &s->parts[s->n];
	*p = (struct part){xstrdup(e->name), s->end, 0, s->n};
	s->n++;
	return 0;
}

static int data(void *user, const void *p, size_t size, struct fault *f)
{
	struct spool *s = user;
	ssize_t n;

	(void)f;
	while (s->in && size) {
		n = write(s->fd, p, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("temporary file for %s:", s->file);
		p = (const char *)p + n;
		size -= n;
		s->end += n;
		s->parts[s->n - 1].size += n;
	}
	return 0;
}

static int end(void *user, struct fault *f)
{
	(void)user;
	(void)f;
	return 0;
}

/* Parts of one file stay in their order. */
static int by_path(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	int cmp = strcmp(x->path, y->path);

	return cmp ? cmp : (x->number > y->number) - (x->number < y->number);
}

struct spool *spool_open(const char *file)
{
	static const struct cpio_sink sink = {begin, data, end};
	const char *tmp = getenv("TMPDIR");
	struct spool *s = xcalloc(1, sizeof(*s));
	const bool all = false;

	tmp = tmp && *tmp ? tmp : "/tmp";
	s->file = file;
	s->fd = open(tmp, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd < 0)
		die("%s: temporary file:", tmp);
	look_archive_decode(file, &sink, s, &all);
	if (s->n)
		qsort(s->parts, s->n, sizeof(*s->parts), by_path);
	return s;
}

static int stream_part(struct spool *s, const struct part *p,
		       int (*fn)(void *user, const void *p, size_t size),
		       void *user)
{
	char buf[64 << 10];
	uint64_t done = 0;
	ssize_t n;
	int ret = 0;

	while (!ret && done < p->size) {
		size_t want = p->size - done < sizeof(buf) ? p->size - done
							   : sizeof(buf);

		n = pread(s->fd, buf, want, p->at + done);
		if (n <= 0)
			die("temporary file for %s:", s->file);
		ret = fn(user, buf, n);
		done += n;
	}
	return ret;
}

int spool_stream(struct spool *s, const char *path,
		 int (*fn)(void *user, const void *p, size_t size), void *user)
{
	size_t low = 0, high = s->n;
	int ret = 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(s->parts[mid].path, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == s->n || strcmp(s->parts[low].path, path))
		die("%s: %s: not in it", s->file, path);
	for (; !ret && low < s->n && !strcmp(s->parts[low].path, path); low++)
		ret = stream_part(s, &s->parts[low], fn, user);
	return ret;
}

void spool_close(struct spool *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->n; i++)
		free(s->parts[i].path);
	free(s->parts);
	close(s->fd);
	free(s);
}

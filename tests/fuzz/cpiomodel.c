// SPDX-License-Identifier: MIT
/* cpiomodel.c - a second reading of cpio.h's rules, and a recording sink. */
#include <sys/stat.h>

#include "cpiomodel.h"
#include "fuzz.h"

static int read_header(const uint8_t *p, uint32_t v[13])
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at;

	if (memcmp(p, "070701", 6))
		return -1;
	memset(v, 0, 13 * sizeof(v[0]));
	for (int i = 0; i < 13 * 8; i++) {
		at = p[6 + i] ? strchr(digits, p[6 + i]) : NULL;
		if (!at)
			return -1;
		v[i / 8] = v[i / 8] * 16 + (at - digits) % 16;
	}
	return 0;
}

static bool name_good(const char *s, uint32_t mode)
{
	unsigned int depth = 0;
	size_t n;

	if (!strcmp(s, "."))
		return S_ISDIR(mode);
	for (n = 0; s[n]; n++)
		if ((s[n] > 0 && s[n] < ' ') || s[n] == 127)
			return false;
	for (;; s += n + 1) {
		n = strcspn(s, "/");
		if (n == 0 || n > CPIO_PART_MAX || ++depth > CPIO_DEPTH_MAX ||
		    (n == 1 && s[0] == '.') ||
		    (n == 2 && s[0] == '.' && s[1] == '.'))
			return false;
		if (!s[n])
			return true;
	}
}

static bool type_good(uint32_t mode, uint32_t size)
{
	if (mode >> 16)
		return false;
	if (S_ISREG(mode))
		return size <= CPIO_FILE_MAX;
	if (S_ISLNK(mode))
		return size >= 1 && size <= CPIO_LINK_MAX;
	return (S_ISDIR(mode) || S_ISCHR(mode) || S_ISBLK(mode)) && !size;
}

static bool all_zero(const uint8_t *p, size_t from, size_t to)
{
	for (; from < to; from++)
		if (p[from])
			return false;
	return true;
}

static size_t round_up(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static void keep(struct model_entry *e, const uint32_t v[13], const char *name)
{
	memset(&e->e, 0, sizeof(e->e));
	e->e.ino = v[0];
	e->e.mode = v[1];
	e->e.uid = v[2];
	e->e.gid = v[3];
	e->e.nlink = v[4];
	e->e.mtime = v[5];
	e->e.filesize = v[6];
	e->e.rmajor = v[9];
	e->e.rminor = v[10];
	strcpy(e->name, name);
	e->ended = true;
}

int model_read(struct model *m, const uint8_t *p, size_t size)
{
	size_t at = 0, name_at, end;
	struct model_entry *e;
	const char *name;
	uint32_t v[13];

	memset(m, 0, offsetof(struct model, entry));
	for (;;) {
		if (size - at < CPIO_HEADER || read_header(p + at, v) ||
		    v[11] < 1 || v[11] > CPIO_NAME_MAX + 1)
			return -1;
		name_at = at + CPIO_HEADER;
		end = at + round_up(CPIO_HEADER + v[11]);
		if (end > size ||
		    strnlen((char *)p + name_at, v[11]) + 1 != v[11] ||
		    !all_zero(p, name_at + v[11], end))
			return -1;
		at = end;
		name = (char *)p + name_at;
		if (!strcmp(name, CPIO_TRAILER))
			return v[6] || !all_zero(p, at, size) ? -1 : 0;
		if (!strncmp(name, "./", 2) && name[2]) {
			name += 2;
			if (!strcmp(name, "."))
				return -1;
		}
		if (!name_good(name, v[1]) || !type_good(v[1], v[6]) ||
		    m->n == MODEL_ENTRIES || (m->bytes += v[6]) > MODEL_BYTES ||
		    size - at < v[6])
			return -1;
		e = &m->entry[m->n++];
		keep(e, v, name);
		e->data = fuzz_hash(p + at, v[6]);
		e->got = v[6];
		end = at + v[6];
		at = at + round_up(v[6]);
		if (at > size || !all_zero(p, end, at))
			return -1;
	}
}

bool model_equal(const struct model *a, const struct model *b)
{
	if (a->n != b->n)
		return false;
	for (unsigned int i = 0; i < a->n; i++) {
		const struct model_entry *x = &a->entry[i], *y = &b->entry[i];

		if (memcmp(&x->e, &y->e, offsetof(struct cpio_entry, name)) ||
		    strcmp(x->name, y->name) || x->data != y->data ||
		    x->got != y->got || !x->ended || !y->ended)
			return false;
	}
	return true;
}

static int on_begin(void *user, const struct cpio_entry *e, struct fault *f)
{
	struct model *m = user;
	struct model_entry *to = &m->entry[m->n];

	NEED(m->n < MODEL_ENTRIES);
	NEED(!m->n || m->entry[m->n - 1].ended);
	NEED(strlen(e->name) == e->name_len && e->name_len <= CPIO_NAME_MAX);
	NEED(name_good(e->name, e->mode));
	m->n++;
	m->bytes += e->filesize;
	NEED(m->bytes <= MODEL_BYTES);
	to->e = *e;
	strcpy(to->name, e->name);
	to->data = fuzz_hash(NULL, 0);
	to->got = 0;
	to->ended = false;
	return 0;
}

static int on_data(void *user, const void *p, size_t n, struct fault *f)
{
	struct model *m = user;
	struct model_entry *to = &m->entry[m->n - 1];
	const uint8_t *b = p;

	NEED(m->n && !to->ended && n && n <= to->e.filesize - to->got);
	NEED(S_ISREG(to->e.mode) || S_ISLNK(to->e.mode));
	to->got += n;
	while (n--)
		to->data = (to->data ^ *b++) * 0x100000001b3;
	return 0;
}

static int on_end(void *user, struct fault *f)
{
	struct model *m = user;

	NEED(m->n && !m->entry[m->n - 1].ended);
	NEED(m->entry[m->n - 1].got == m->entry[m->n - 1].e.filesize);
	m->entry[m->n - 1].ended = true;
	return 0;
}

const struct cpio_sink model_sink = {on_begin, on_data, on_end};

size_t model_encode(const struct model *m, uint8_t *p, size_t room)
{
	struct cpio_entry e, last = {.nlink = 1,
				     .name = CPIO_TRAILER,
				     .name_len = strlen(CPIO_TRAILER)};
	size_t at = 0, more;
	int n;

	for (unsigned int i = 0; i <= m->n; i++) {
		e = last;
		if (i < m->n) {
			e = m->entry[i].e;
			e.name = m->entry[i].name;
			e.name_len = strlen(e.name);
		}
		n = cpio_encode(p + at, room - at, &e);
		if (n < 0)
			return 0;
		at += n;
		more = round_up(e.filesize);
		if (more > room - at)
			return 0;
		memset(p + at, 0, more);
		at += more;
	}
	return at;
}

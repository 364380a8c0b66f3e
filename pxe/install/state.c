// SPDX-License-Identifier: MIT
/* state.c - what this machine has decided, in two copies. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "disk.h"
#include "host/alloc.h"
#include "host/error.h"
#include "state.h"

#define MAGIC "slipway-state 1\n"

static const struct {
	const char *key;
	size_t at;
} fields[] = {
	{"count ", offsetof(struct state, count)},
	{"epoch ", offsetof(struct state, epoch)},
	{"floor ", offsetof(struct state, floor)},
	{"good ", offsetof(struct state, good)},
	{"chosen ", offsetof(struct state, chosen)},
	{"pin ", offsetof(struct state, pin)},
};

static uint64_t *field(const struct state *s, size_t i)
{
	return (uint64_t *)((char *)s + fields[i].at);
}

static bool number(struct span *text, const char *key, uint64_t *v)
{
	struct span rest = *text, line;
	bool whole;

	if (!text_line(&rest, &line, &whole) || !whole ||
	    !text_strip(&line, key) || text_u64(line, v))
		return false;
	*text = rest;
	return true;
}

int state_parse(struct state *s, struct span text)
{
	const char *start = text.p;
	uint8_t want[DIGEST_SIZE], got[DIGEST_SIZE];
	struct span line;
	bool whole;
	size_t i;

	memset(s, 0, sizeof(*s));
	if (!text_strip(&text, MAGIC))
		return -EBADMSG;
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (!number(&text, fields[i].key, field(s, i)))
			return -EBADMSG;
	while (s->n_bad < STATE_BAD_MAX &&
	       number(&text, "bad ", &s->bad[s->n_bad]))
		s->n_bad++;
	digest_of(start, text.p - start, got);
	if (!text_line(&text, &line, &whole) || !whole ||
	    !text_strip(&line, "sum ") || digest_unhex(line, want) ||
	    !digest_equal(want, got))
		return -EBADMSG;
	return 0;
}

void state_print(const struct state *s, char buf[STATE_SIZE])
{
	struct text_out o = {.buf = buf, .size = STATE_SIZE};
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX + 1];
	size_t i;

	memset(buf, '\n', STATE_SIZE);
	text_put_str(&o, MAGIC);
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		text_put_str(&o, fields[i].key);
		text_put_u64(&o, *field(s, i));
		text_put_str(&o, "\n");
	}
	for (i = 0; i < s->n_bad; i++) {
		text_put_str(&o, "bad ");
		text_put_u64(&o, s->bad[i]);
		text_put_str(&o, "\n");
	}
	digest_of(buf, o.n, digest);
	digest_hex(digest, hex);
	text_put_str(&o, "sum ");
	text_put_str(&o, hex);
	text_put_str(&o, "\n");
}

static bool load_copy(struct state *s, const char *home, int i)
{
	char *path = xasprintf("%s/state.%d", home, i), buf[STATE_SIZE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));

	if (fd >= 0)
		close(fd);
	free(path);
	return n > 0 && !state_parse(s, (struct span){buf, n});
}

/* Which copy counts, or -1; *@n_good: how many could be read. */
static int newer(struct state *s, const char *home, int *n_good)
{
	struct state copy[2];
	bool good[2];
	int at;

	for (at = 0; at < 2; at++)
		good[at] = load_copy(&copy[at], home, at);
	*n_good = good[0] + good[1];
	if (!*n_good)
		return -1;
	at = !good[0] || (good[1] && copy[1].count > copy[0].count);
	*s = copy[at];
	return at;
}

int state_load(struct state *s, const char *home)
{
	int n;

	memset(s, 0, sizeof(*s));
	newer(s, home, &n);
	return n;
}

void state_save(struct state *s, const char *home)
{
	char buf[STATE_SIZE], *path;
	struct state now;
	int n, at = newer(&now, home, &n);

	s->count = (at < 0 ? 0 : now.count) + 1;
	state_print(s, buf);
	path = xasprintf("%s/state.%d", home, at == 0);
	disk_overwrite(path, buf, sizeof(buf));
	free(path);
}

bool state_is_bad(const struct state *s, uint64_t serial)
{
	unsigned int i;

	for (i = 0; i < s->n_bad; i++)
		if (s->bad[i] == serial)
			return true;
	return false;
}

void state_drop_bad(struct state *s, uint64_t serial)
{
	unsigned int i, n = 0;

	for (i = 0; i < s->n_bad; i++)
		if (s->bad[i] != serial)
			s->bad[n++] = s->bad[i];
	s->n_bad = n;
}

void state_add_bad(struct state *s, uint64_t serial)
{
	state_drop_bad(s, serial);
	if (s->n_bad == STATE_BAD_MAX)
		state_drop_bad(s, s->bad[0]);
	s->bad[s->n_bad++] = serial;
}

// SPDX-License-Identifier: MIT
/* grubenv.c - GRUB's environment block. */
#include "format/env.h"
#include "format/grubenv.h"

#define GRUBENV_MAGIC  "# GRUB Environment Block\n"
#define GRUBENV_SECTOR 512

/* An empty value is none. */
static int grubenv_number(struct span text, uint64_t *v)
{
	*v = 0;
	return text.n ? text_u64(text, v) : 0;
}

static int grubenv_order(struct grubenv *g, struct span list)
{
	struct span one;

	while (text_field(&list, &one))
		if (g->n_order == GRUBENV_ORDER ||
		    text_u64(one, &g->order[g->n_order++]))
			return -EBADMSG;
	return 0;
}

static int grubenv_assign(struct grubenv *g, struct span key, struct span value)
{
	if (span_is(key, "good"))
		return grubenv_number(value, &g->good);
	if (span_is(key, "try"))
		return grubenv_number(value, &g->try);
	if (span_is(key, "left"))
		return grubenv_number(value, &g->left);
	if (span_is(key, "good_left")) {
		g->counts = value.n != 0;
		return grubenv_number(value, &g->good_left);
	}
	if (span_is(key, "once"))
		return grubenv_number(value, &g->once);
	return span_is(key, "order") ? grubenv_order(g, value) : 0;
}

int grubenv_parse(struct grubenv *g, struct span text)
{
	struct span line, key, value;
	bool whole;
	int err = 0;

	memset(g, 0, sizeof(*g));
	if (text.n != GRUBENV_SIZE || !text_strip(&text, GRUBENV_MAGIC))
		err = -EBADMSG;
	while (!err && text.n && text.p[0] != '#') {
		if (!text_line(&text, &line, &whole) || !whole) {
			err = -EBADMSG;
			break;
		}
		text_cut(line, '=', &key, &value);
		err = value.p ? grubenv_assign(g, key, value) : -EBADMSG;
	}
	if (!err && (!g->good || g->left > GRUBENV_TRIES ||
		     g->good_left > GRUBENV_TRIES))
		err = -EBADMSG;
	if (err)
		memset(g, 0, sizeof(*g));
	return err ? -EBADMSG : 0;
}

static void grubenv_put(struct text_out *o, const char *key, uint64_t v)
{
	text_put_str(o, key);
	if (v)
		text_put_u64(o, v);
	text_put_str(o, "\n");
}

int grubenv_print(const struct grubenv *g, char buf[GRUBENV_SIZE])
{
	struct text_out o = {.buf = buf, .size = GRUBENV_SECTOR};
	unsigned int i;

	memset(buf, '#', GRUBENV_SIZE);
	text_put_str(&o, GRUBENV_MAGIC);
	grubenv_put(&o, "good=", g->good);
	grubenv_put(&o, "try=", g->try);
	text_put_str(&o, "left=");
	text_put_u64(&o, g->left);
	text_put_str(&o, "\n");
	text_put_str(&o, "good_left=");
	if (g->counts)
		text_put_u64(&o, g->good_left);
	text_put_str(&o, "\n");
	grubenv_put(&o, "once=", g->once);
	text_put_str(&o, "order=");
	for (i = 0; i < g->n_order; i++) {
		text_put_str(&o, i ? " " : "");
		text_put_u64(&o, g->order[i]);
	}
	text_put_str(&o, "\n");
	return text_put_end(&o) < 0 ? -EOVERFLOW : 0;
}

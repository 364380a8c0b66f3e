/* SPDX-License-Identifier: MIT */
/* modtab.c - which module files a device needs, and in what order. */
#include "format/modtab.h"

#define MODTAB_STAGES 3

/* Lines come in sections: all modules, then all aliases, then all always. */
enum modtab_stage { MODTAB_MODULE, MODTAB_ALIAS, MODTAB_ALWAYS };

static const char *const modtab_words[MODTAB_STAGES] = {"module ", "alias ",
							"always "};

int modtab_dep(struct span *deps)
{
	struct span one;
	uint64_t v;

	if (!deps->n || span_is(*deps, "-"))
		return -ENOENT;
	text_cut(*deps, ',', &one, deps);
	if (text_u64(one, &v) || v >= MODTAB_MODULES_MAX)
		return -ENOENT;
	return v;
}

/* Every number names a module, and not the one that needs it. */
static bool modtab_deps_ok(const struct modtab *t, unsigned int self)
{
	struct span deps = t->modules[self].deps, one;
	uint64_t v;

	if (span_is(deps, "-"))
		return true;
	do {
		text_cut(deps, ',', &one, &deps);
		if (text_u64(one, &v) || v >= t->n || v == self)
			return false;
	} while (deps.p);
	return true;
}

static bool modtab_path_ok(struct span path)
{
	struct span part;

	if (!path.n)
		return false;
	do {
		text_cut(path, '/', &part, &path);
		if (span_is(part, ".."))
			return false;
	} while (path.p);
	return true;
}

static int modtab_module(struct modtab *t, struct span line)
{
	struct modtab_module *m;

	if (t->n == MODTAB_MODULES_MAX)
		return -EOVERFLOW;
	m = &t->modules[t->n++];
	m->loaded = false;
	if (!text_field(&line, &m->name) || !text_field(&line, &m->path) ||
	    !text_field(&line, &m->deps) || line.n)
		return -EBADMSG;
	return text_name_ok(m->name) && modtab_path_ok(m->path) ? 0 : -EBADMSG;
}

static int modtab_line(struct modtab *t, enum modtab_stage stage,
		       struct span line)
{
	struct span pattern, name;

	if (stage == MODTAB_MODULE)
		return modtab_module(t, line);
	if (stage == MODTAB_ALIAS &&
	    (!text_field(&line, &pattern) || !pattern.n))
		return -EBADMSG;
	if (!text_field(&line, &name) || line.n || !text_name_ok(name))
		return -EBADMSG;
	return 0;
}

/* Let *@section, empty or not, end where @line and its newline do. */
static void modtab_extend(struct span *section, struct span whole)
{
	if (!section->n)
		section->p = whole.p;
	section->n = whole.p + whole.n - section->p;
}

static int modtab_lines(struct modtab *t, struct span rest, struct fault *f,
			const char *start)
{
	enum modtab_stage stage = MODTAB_MODULE;
	struct span line, whole;
	bool ended;
	int err;

	while (text_line(&rest, &line, &ended)) {
		uint64_t where = line.p - start;

		if (!ended || !text_printable(line))
			return fault_set(f, -EBADMSG, "not a line of text",
					 where);
		whole = (struct span){line.p, line.n + 1};
		while (!text_strip(&line, modtab_words[stage]))
			if (++stage == MODTAB_STAGES)
				return fault_set(f, -EBADMSG,
						 "unknown or misplaced word",
						 where);
		err = modtab_line(t, stage, line);
		if (err)
			return fault_set(f, err, "bad line", where);
		if (stage == MODTAB_ALIAS)
			modtab_extend(&t->aliases, whole);
		if (stage == MODTAB_ALWAYS)
			modtab_extend(&t->always, whole);
	}
	return 0;
}

int modtab_parse(struct modtab *t, struct span text, struct fault *f)
{
	struct span rest = text;
	unsigned int i;
	int err;

	t->n = 0;
	t->aliases = t->always = (struct span){text.p, 0};
	if (text.n > MODTAB_SIZE_MAX)
		return fault_set(f, -EOVERFLOW, "module table too long",
				 text.n);
	if (!text_strip(&rest, MODTAB_MAGIC))
		return fault_set(f, -EBADMSG, "not a module table", 0);
	err = modtab_lines(t, rest, f, text.p);
	if (err)
		return err;
	for (i = 0; i < t->n; i++)
		if (!modtab_deps_ok(t, i))
			return fault_set(f, -EBADMSG, "bad dependency",
					 t->modules[i].deps.p - text.p);
	return 0;
}

int modtab_find(const struct modtab *t, struct span name)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		if (t->modules[i].name.n == name.n &&
		    !memcmp(t->modules[i].name.p, name.p, name.n))
			return i;
	return -ENOENT;
}

int modtab_match(const struct modtab *t, struct span *at, struct span modalias)
{
	struct span line, pattern, name;
	bool whole;
	int i;

	while (text_line(at, &line, &whole)) {
		if (!text_strip(&line, modtab_words[MODTAB_ALIAS]) ||
		    !text_field(&line, &pattern) || !text_field(&line, &name))
			continue;
		if (!text_glob(pattern, modalias))
			continue;
		i = modtab_find(t, name);
		if (i >= 0)
			return i;
	}
	return -ENOENT;
}

bool modtab_before_net(struct span modalias)
{
	/* PCI classes network, bridge and serial bus, which USB is of */
	static const char *const way[] = {
		"pci:*bc02*", "pci:*bc06*", "pci:*bc0C*", "virtio:d00000001*",
		"vmbus:*",    "xen:*",	    "usb:*"};
	unsigned int i;

	/* a USB stick */
	if (text_glob(text_span("usb:*ic08*"), modalias))
		return false;
	for (i = 0; i < ARRAY_SIZE(way); i++)
		if (text_glob(text_span(way[i]), modalias))
			return true;
	return false;
}

int modtab_always(const struct modtab *t, struct span *at)
{
	struct span line;
	bool whole;
	int i;

	while (text_line(at, &line, &whole)) {
		if (!text_strip(&line, modtab_words[MODTAB_ALWAYS]))
			continue;
		i = modtab_find(t, line);
		if (i >= 0)
			return i;
	}
	return -ENOENT;
}

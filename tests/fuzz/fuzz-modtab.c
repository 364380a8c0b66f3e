// SPDX-License-Identifier: MIT
/*
 * fuzz-modtab.c - in a table that passes every number is a module of it, every
 * name is found, and looking things up ends.
 */
#include "format/modtab.h"
#include "fuzz.h"

static struct modtab t;

static void check_module(unsigned int i, struct span text)
{
	const struct modtab_module *m = &t.modules[i];
	struct span deps = m->deps;
	int dep;

	NEED(text_name_ok(m->name) && fuzz_inside(m->name, text));
	NEED(m->path.n && fuzz_inside(m->path, text) && !m->loaded);
	NEED(!memmem(m->path.p, m->path.n, "/../", 4));
	NEED(modtab_find(&t, m->name) >= 0 &&
	     modtab_find(&t, m->name) <= (int)i);
	while ((dep = modtab_dep(&deps)) >= 0)
		NEED(dep < (int)t.n && dep != (int)i);
	/* it ended because nothing was left, not for what it could not read */
	NEED(!deps.n || span_is(m->deps, "-"));
}

static void check_lookup(struct span text)
{
	static const char *const some[] = {"virtio:d00000001v00001AF4", "", "*",
					   "pci:v00008086d0000100Esv0bc02"};
	struct span at;
	size_t steps, i;
	int m;

	for (i = 0; i < ARRAY_SIZE(some); i++) {
		at = t.aliases;
		for (steps = 0;
		     (m = modtab_match(&t, &at, text_span(some[i]))) >= 0;
		     steps++)
			NEED(m < (int)t.n && steps < text.n);
	}
	at = t.always;
	for (steps = 0; (m = modtab_always(&t, &at)) >= 0; steps++)
		NEED(m < (int)t.n && steps < text.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct fault f = {0};
	int err = modtab_parse(&t, text, &f);
	size_t used = strlen(MODTAB_MAGIC);

	if (err) {
		fuzz_refusal(err, &f, size);
		return 0;
	}
	NEED(t.n <= MODTAB_MODULES_MAX);
	NEED(fuzz_inside(t.aliases, text) && fuzz_inside(t.always, text));
	for (unsigned int i = 0; i < t.n; i++) {
		check_module(i, text);
		used += 7 + t.modules[i].name.n + 1 + t.modules[i].path.n + 1 +
			t.modules[i].deps.n + 1;
	}
	/* the sections are all of it: nothing was passed over */
	NEED(used + t.aliases.n + t.always.n == size);
	check_lookup(text);
	return 0;
}

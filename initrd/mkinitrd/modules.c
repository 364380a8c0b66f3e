// SPDX-License-Identifier: MIT
/*
 * modules.c - the modules of one kernel, and the order in which they load.
 */
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "modules.h"

/*
 * MAC drivers that find their PHY driver by request_module(), which asks for
 * a modprobe that an initrd has not. Where depmod knows (r8169: realtek) it
 * says so in modules.softdep. ext4 has its checksum named there, which is no
 * module's name.
 */
static const struct {
	const char *user, *needed;
} asked[] = {
	{"tg3", "broadcom"},	    {"dwmac_intel", "marvell"},
	{"lan743x", "microchip"},   {"lan78xx", "microchip"},
	{"smsc95xx", "smsc"},	    {"asix", "ax88796b"},
	{"ext4", "crc32c_generic"},
};

/*
 * Drivers of which the second is asked for by the first, once it has found its
 * device: to modprobe again.
 */
static const struct {
	const char *bus, *driver;
} followers[] = {{"mlx4_core", "mlx4_en"}};

const char *modules_follower(const char *name)
{
	for (size_t i = 0; i < sizeof(followers) / sizeof(followers[0]); i++)
		if (!strcmp(followers[i].bus, name))
			return followers[i].driver;
	return NULL;
}

char *modules_name(const char *path)
{
	const char *base = strrchr(path, '/');
	char *name = xstrdup(base ? base + 1 : path), *dot;

	dot = strstr(name, ".ko");
	if (dot)
		*dot = '\0';
	for (dot = name; *dot; dot++)
		if (*dot == '-')
			*dot = '_';
	return name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct module *)a)->name,
		      ((const struct module *)b)->name);
}

static void free_module(struct module *mod)
{
	free(mod->name);
	free(mod->path);
	free(mod->dep_text);
	free(mod->file);
	free(mod->data);
	for (size_t i = 0; i < mod->n_firmware; i++)
		free(mod->firmware[i]);
	free(mod->firmware);
}

struct module *modules_add(struct modules *m, char *path)
{
	char *name = modules_name(path);
	struct module *mod = NULL;

	for (size_t i = 0; i < m->n && !mod; i++)
		if (!strcmp(m->list[i].name, name))
			mod = &m->list[i];
	if (mod) {
		free_module(mod);
	} else {
		m->list = xrealloc(m->list, m->n + 1, sizeof(*m->list));
		mod = &m->list[m->n++];
	}
	memset(mod, 0, sizeof(*mod));
	mod->name = name;
	mod->path = path;
	mod->dep_text = xstrdup("");
	mod->line = -1;
	return mod;
}

void modules_sort(struct modules *m)
{
	qsort(m->list, m->n, sizeof(*m->list), by_name);
}

/* One line of modules.dep: "PATH: PATH PATH". */
static void add_line(struct modules *m, char *line)
{
	char *colon = strchr(line, ':');
	struct module *mod;

	if (!colon)
		return;
	*colon = '\0';
	m->list = xrealloc(m->list, m->n + 1, sizeof(*m->list));
	mod = &m->list[m->n++];
	memset(mod, 0, sizeof(*mod));
	mod->name = modules_name(line);
	mod->path = xstrdup(line);
	mod->dep_text = xstrdup(colon + 1);
	mod->line = -1;
}

static char *text_of(struct base *b, const char *file)
{
	char *path = xasprintf("%s/%s", b->modules, file);
	size_t size;
	char *text = base_file(b, path, &size);

	free(path);
	return text ? text : xstrdup("");
}

static bool can_decompress(struct base *b)
{
	char *path = xasprintf("boot/config-%s", b->release);
	size_t size;
	char *text = base_file(b, path, &size);
	bool can = text && strstr(text, "\nCONFIG_MODULE_DECOMPRESS=y\n");

	free(text);
	free(path);
	return can;
}

void modules_read(struct modules *m, struct base *b)
{
	char *dep = text_of(b, "modules.dep"), *save = NULL, *line;

	memset(m, 0, sizeof(*m));
	m->release = b->release;
	m->decompress = can_decompress(b);
	for (line = strtok_r(dep, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		add_line(m, line);
	free(dep);
	if (!m->n)
		die("base %s: %s/modules.dep is missing or empty; is kmod in the base?",
		    b->name, b->modules);
	modules_sort(m);
	m->builtin = text_of(b, "modules.builtin");
	m->softdep = text_of(b, "modules.softdep");
	m->alias = text_of(b, "modules.alias");
}

void modules_free(struct modules *m)
{
	for (size_t i = 0; i < m->n; i++)
		free_module(&m->list[i]);
	free(m->list);
	free(m->builtin);
	free(m->softdep);
	free(m->alias);
	free(m->order);
}

long modules_find(const struct modules *m, const char *name)
{
	struct module key = {.name = modules_name(name)}, *found;

	found = bsearch(&key, m->list, m->n, sizeof(key), by_name);
	free(key.name);
	return found ? found - m->list : -1;
}

bool modules_builtin(const struct modules *m, const char *name)
{
	char *want = modules_name(name), *copy = xstrdup(m->builtin);
	char *save = NULL, *line;
	bool found = false;

	for (line = strtok_r(copy, "\n", &save); line && !found;
	     line = strtok_r(NULL, "\n", &save)) {
		char *have = modules_name(line);

		found = !strcmp(have, want);
		free(have);
	}
	free(copy);
	free(want);
	return found;
}

/* A list of indexes that grows; nothing enters twice. */
struct walk {
	struct modules *m;
	size_t n;
	size_t *list;
};

static void visit(struct walk *w, size_t i);

static void visit_name(struct walk *w, const char *name)
{
	long i = modules_find(w->m, name);

	if (i >= 0)
		visit(w, i);
}

/* modules.dep names the nearest first, and the farthest loads first. */
static void visit_deps(struct walk *w, const struct module *mod)
{
	char **deps = words(mod->dep_text);
	size_t n = 0;

	while (deps[n])
		n++;
	while (n--) {
		visit_name(w, deps[n]);
		free(deps[n]);
	}
	free(deps);
}

/* One line of modules.softdep: "softdep NAME pre: A B post: C". */
static void visit_softdep(struct walk *w, const struct module *mod, char *line)
{
	char **f = words(line);
	bool ours = f[0] && !strcmp(f[0], "softdep") && f[1], pre = false;
	char *name = ours ? modules_name(f[1]) : NULL;

	ours = ours && !strcmp(name, mod->name);
	for (size_t i = 0; f[i]; i++) {
		if (i > 1 && ours) {
			if (f[i][strlen(f[i]) - 1] == ':')
				pre = !strcmp(f[i], "pre:");
			else if (pre)
				visit_name(w, f[i]);
		}
		free(f[i]);
	}
	free(name);
	free(f);
}

static void visit_softdeps(struct walk *w, const struct module *mod)
{
	char *copy = xstrdup(w->m->softdep), *save = NULL, *line;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		visit_softdep(w, mod, line);
	free(copy);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		if (!strcmp(asked[i].user, mod->name))
			visit_name(w, asked[i].needed);
}

/* Depth first; a cycle of softdeps ends where it began. */
static void visit(struct walk *w, size_t i)
{
	struct module *mod = &w->m->list[i];

	if (mod->visited)
		return;
	mod->visited = true;
	visit_deps(w, mod);
	visit_softdeps(w, mod);
	w->list = xrealloc(w->list, w->n + 1, sizeof(*w->list));
	w->list[w->n++] = i;
}

static void unvisit(struct modules *m)
{
	for (size_t i = 0; i < m->n; i++)
		m->list[i].visited = false;
}

void modules_unchoose(struct modules *m)
{
	for (size_t i = 0; i < m->n; i++)
		m->list[i].chosen = false;
}

void modules_order(struct modules *m)
{
	struct walk w = {.m = m};
	const char *after;

	unvisit(m);
	for (size_t i = 0; i < m->n; i++) {
		m->list[i].line = -1;
		if (!m->list[i].chosen)
			continue;
		visit(&w, i);
		after = modules_follower(m->list[i].name);
		if (after)
			visit_name(&w, after);
	}
	free(m->order);
	m->order = w.list;
	m->n_order = w.n;
	for (size_t k = 0; k < w.n; k++)
		m->list[w.list[k]].line = k;
}

size_t *modules_deps(struct modules *m, size_t i, size_t *n)
{
	struct walk w = {.m = m};

	unvisit(m);
	visit(&w, i);
	*n = w.n - 1; /* without itself, which comes last */
	return w.list;
}

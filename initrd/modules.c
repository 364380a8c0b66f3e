// SPDX-License-Identifier: MIT
/*
 * modules.c - drivers: those every boot needs, then those whose alias matches
 * a device of this machine, again until no bus reveals another child.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "boot.h"
#include "console.h"
#include "file.h"
#include "format/modtab.h"
#include "sys.h"
#include "walk.h"

#define COMPRESSED   4 /* MODULE_INIT_COMPRESSED_FILE of linux/module.h */
#define ROUNDS_MAX   8
#define SETTLE_MS    50
#define MODALIAS_MAX 512

static char text[MODTAB_SIZE_MAX + 1];
static struct modtab tab;

struct coldplug {
	unsigned int loaded; /* in this round */
};

static bool compressed(struct span path)
{
	return path.n < 3 || memcmp(path.p + path.n - 3, ".ko", 3);
}

/* Load one file; absent hardware is an answer, not a failure. */
static int insert(const struct modtab_module *m)
{
	char path[512];
	int fd, ret;

	if (text_copy(path, sizeof(path), m->path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = sys_finit_module(fd, "", compressed(m->path) ? COMPRESSED : 0);
	close(fd);
	if (ret == -EEXIST || ret == -ENODEV)
		return 0;
	return ret;
}

static int load(int i)
{
	struct modtab_module *m = &tab.modules[i];
	struct span deps = m->deps;
	int dep, ret;

	if (m->loaded)
		return 0;
	m->loaded = true;
	/* the table holds all dependencies of a module, first ones first */
	while ((dep = modtab_dep(&deps)) >= 0) {
		if ((unsigned int)dep >= tab.n)
			return -EBADMSG;
		if (tab.modules[dep].loaded)
			continue;
		tab.modules[dep].loaded = true;
		ret = insert(&tab.modules[dep]);
		if (ret)
			console_say("module %.*s: %s",
				    (int)tab.modules[dep].name.n,
				    tab.modules[dep].name.p, strerror(-ret));
	}
	ret = insert(m);
	if (ret)
		console_say("module %.*s: %s", (int)m->name.n, m->name.p,
			    strerror(-ret));
	return ret;
}

static int load_always(struct boot *b)
{
	struct span at = tab.always;
	int i, ret;

	while ((i = modtab_always(&tab, &at)) >= 0) {
		ret = load(i);
		if (ret)
			return fetch_fail(&b->error, CODE_MODULE, "%.*s: %s",
					  (int)tab.modules[i].name.n,
					  tab.modules[i].name.p,
					  strerror(-ret));
	}
	return 0;
}

static int device(void *user, int dir, const char *name, int type, bool left)
{
	struct coldplug *c = user;
	char buf[MODALIAS_MAX];
	struct span alias = {buf, 0}, at = tab.aliases;
	ssize_t n;
	int fd, i;

	if (type != DT_REG || strcmp(name, "modalias"))
		return 0;
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = file_get(fd, buf, sizeof(buf));
	close(fd);
	/* one that fills the buffer may be cut: it would match wrongly */
	if (n <= 0 || n == sizeof(buf))
		return 0;
	alias.n = buf[n - 1] == '\n' ? n - 1 : n;
	while ((i = modtab_match(&tab, &at, alias)) >= 0) {
		if (tab.modules[i].loaded)
			continue;
		c->loaded++;
		load(i);
	}
	return 0;
}

static bool ours(const struct boot *b)
{
	struct utsname u;

	return !uname(&u) && span_is(b->policy.kernel, u.release);
}

int modules_load(struct boot *b)
{
	struct coldplug c;
	struct fault f = {0};
	unsigned int total = 0;
	int n, ret;

	if (!ours(b)) {
		console_say("modules: none here for this kernel, skipped");
		return 0;
	}
	n = file_read(MODTAB_PATH, text, sizeof(text));
	if (n == -ENOENT)
		return 0;
	if (n < 0 || modtab_parse(&tab, (struct span){text, n}, &f))
		return fetch_fail(&b->error, CODE_MODULE, "%s: %s", MODTAB_PATH,
				  f.why ? f.why : strerror(-n));
	ret = load_always(b);
	if (ret)
		return ret;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		c.loaded = 0;
		walk_tree("/sys/devices", device, &c);
		total += c.loaded;
		if (!c.loaded)
			break;
		/* buses announce their children a moment after probing */
		sys_sleep_ms(SETTLE_MS);
	}
	console_say("modules: %u drivers for this machine", total);
	return 0;
}

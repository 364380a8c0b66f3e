// SPDX-License-Identifier: MIT
/*
 * modules.c - drivers: those on the way to a NIC first, as the network is
 * what a boot waits for. What every boot needs and the rest of this machine's
 * devices follow in a process of their own, while links come up.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include "console.h"
#include "file.h"
#include "insmod.h"
#include "modules.h"
#include "nodriver.h"
#include "sys.h"
#include "uevent.h"
#include "walk.h"

#define TABLES_MAX   (1 + BOOT_ARCHIVES_MAX)
#define ROUNDS_MAX   8
#define SETTLE_MS    50
#define BEHIND_MS    10000
#define MODALIAS_MAX 512

static char text[MODTAB_SIZE_MAX + 1];
static struct modtab tabs[TABLES_MAX];
static unsigned int n_tabs;
static int events = -1;

/* For devices on the way to a NIC, and for all others. */
static struct insmod_picks first, later;

static struct {
	pid_t pid; /* 0: none */
	int fd;	   /* a struct fetch_error comes by it */
} behind;

static void match(struct span alias)
{
	struct insmod_picks *p = modtab_before_net(alias) ? &first : &later;
	struct span at;
	int i;

	for (unsigned int t = 0; t < n_tabs; t++) {
		at = tabs[t].aliases;
		while ((i = modtab_match(&tabs[t], &at, alias)) >= 0)
			insmod_pick(p, &tabs[t], i);
	}
}

static int device(void *user, int dir, const char *name, int type, bool left)
{
	char buf[MODALIAS_MAX];
	struct span alias = {buf, 0};
	ssize_t n;
	int fd;

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
	match(alias);
	return 0;
}

static void walk_devices(void)
{
	walk_tree("/sys/devices", device, NULL);
}

/* What the kernel has told since the last time. */
static void hear_devices(void)
{
	char alias[MODALIAS_MAX];
	int n = events;

	while (n >= 0 && (n = uevent_next(events, alias, sizeof(alias))) > 0)
		match((struct span){alias, n});
	/* told too much at once, or nobody tells: look for oneself */
	if (n < 0)
		walk_devices();
}

/* Until no bus reveals another child; how many. */
static unsigned int load_first(void)
{
	unsigned int total = 0;

	for (int round = 0; first.n && round < ROUNDS_MAX; round++) {
		total += first.n;
		insmod_all(&first);
		hear_devices();
	}
	return total;
}

/* The one that DHCP needs, which comes before the network. */
static bool before_network(const struct modtab_module *m)
{
	return span_is(m->name, "af_packet");
}

static int load_always(struct fetch_error *e, bool before)
{
	struct span at = tabs[0].always;
	int i, ret;

	while ((i = modtab_always(&tabs[0], &at)) >= 0) {
		const struct modtab_module *m = &tabs[0].modules[i];

		if (before_network(m) != before)
			continue;
		ret = insmod_load(&tabs[0], i);
		if (ret)
			return fetch_fail(e, CODE_MODULE, "%.*s: %s",
					  (int)m->name.n, m->name.p,
					  strerror(-ret));
	}
	return 0;
}

static void load_later(void)
{
	for (int round = 0; later.n && round < ROUNDS_MAX; round++) {
		insmod_all(&later);
		/* buses announce their children a moment after probing */
		sys_sleep_ms(SETTLE_MS);
		walk_devices();
		insmod_all(&first);
	}
}

static void behind_run(int fd)
{
	struct fetch_error e = {0};

	load_always(&e, false);
	file_put(fd, &e, sizeof(e));
	if (e.code == CODE_NONE)
		load_later();
	_exit(0);
}

static int here_and_now(struct boot *b)
{
	int ret = load_always(&b->error, false);

	if (!ret)
		load_later();
	return ret;
}

static int behind_start(struct boot *b)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC))
		return here_and_now(b);
	behind.pid = fork();
	if (!behind.pid)
		behind_run(fd[1]);
	close(fd[1]);
	behind.fd = fd[0];
	if (behind.pid > 0)
		return 0;
	behind.pid = 0;
	close(fd[0]);
	return here_and_now(b);
}

/* A controller may take longer than the network; nothing here needs it. */
static void behind_end(void)
{
	struct pollfd p = {.fd = behind.fd, .events = POLLIN};

	if (poll(&p, 1, BEHIND_MS) > 0)
		while (waitpid(behind.pid, NULL, 0) < 0 && errno == EINTR)
			;
	else
		console_say("modules: some still look for their devices");
	close(behind.fd);
	behind.pid = 0;
}

int modules_join(struct boot *b)
{
	struct fetch_error e = {0};
	size_t have = 0;
	ssize_t n;

	if (!behind.pid)
		return 0;
	while (have < sizeof(e) && (n = file_get(behind.fd, (char *)&e + have,
						 sizeof(e) - have)) > 0)
		have += n;
	behind_end();
	if (have < sizeof(e))
		return fetch_fail(&b->error, CODE_MODULE,
				  "modules: the process that loads them died");
	if (e.code == CODE_NONE)
		return 0;
	b->error = e;
	return -EPROTO;
}

static bool ours(const struct boot *b)
{
	struct utsname u;

	return !uname(&u) && span_is(b->policy.kernel, u.release);
}

/* The table at @path behind those that are there; 0 also when it lacks. */
static int add_table(struct boot *b, const char *path)
{
	static size_t used;
	struct fault f = {0};
	int n = file_read(path, text + used, sizeof(text) - used);

	if (n == -ENOENT)
		return 0;
	if (n < 0 ||
	    modtab_parse(&tabs[n_tabs], (struct span){text + used, n}, &f))
		return fetch_fail(&b->error, CODE_MODULE, "%s: %s", path,
				  f.why ? f.why : strerror(-n));
	used += n + 1;
	n_tabs++;
	return 0;
}

static int add_tables(struct boot *b)
{
	char path[sizeof(b->archives[0]) + 32];
	int ret = add_table(b, MODTAB_PATH);

	for (unsigned int i = 0; !ret && n_tabs && i < b->n_archives; i++) {
		snprintf(path, sizeof(path), MODTAB_ARCHIVE "%s.modules",
			 b->archives[i]);
		ret = add_table(b, path);
	}
	return ret;
}

int modules_load(struct boot *b)
{
	unsigned int total, behind_n;
	int ret;

	if (!ours(b)) {
		console_say("modules: none here for this kernel, skipped");
		return 0;
	}
	ret = add_tables(b);
	if (ret || !n_tabs)
		return ret;
	events = uevent_open();
	walk_devices();
	total = load_first();
	ret = load_always(&b->error, true);
	behind_n = later.n;
	if (!ret)
		ret = behind_start(b);
	later.n = 0;
	if (ret)
		return ret;
	console_say("modules: %u drivers on the way to the network, %u more "
		    "behind",
		    total, behind_n);
	nodriver_say();
	return 0;
}

void modules_rescan(struct boot *b)
{
	if (!n_tabs)
		return;
	hear_devices();
	load_first();
	/* by now the process behind has its own list */
	insmod_all(&later);
}

int modules_need(struct boot *b, const char *name)
{
	int i;

	for (unsigned int t = 0; t < n_tabs; t++) {
		i = modtab_find(&tabs[t], text_span(name));
		if (i >= 0)
			return insmod_load(&tabs[t], i);
	}
	return -ENOENT;
}

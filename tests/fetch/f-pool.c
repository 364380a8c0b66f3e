// SPDX-License-Identifier: MIT
/*
 * f-pool.c - many connections, mirrors of every kind, several layers at once,
 * and workers that are killed on the way.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../unit/unit.h"
#include "rig.h"

#define L RIG_LAYER

struct pool_row {
	const char *name;
	unsigned int connections;
	const char *a[RIG_RULES_MAX], *b[RIG_RULES_MAX];
	enum code code;
	bool b_has_most; /* else nobody asks */
	bool bad_a;
};

/* clang-format off */
static const struct pool_row rows[] = {
	{"both good", 4, {NULL}, {NULL}, 0, false, false},
	{"eight, both good", 8, {NULL}, {NULL}, 0, false, false},
	{"first has nothing", 4, {"* status=404"}, {NULL}, 0, true, true},
	{"first is down", 4, {"* drop"}, {NULL}, 0, true, false},
	{"first is silent", 4, {"* mute"}, {NULL}, 0, true, false},
	{"first stalls", 4, {"* stall=3000"}, {NULL}, 0, true, false},
	{"first is slow", 4, {"* slow=20000"}, {NULL}, 0, true, false},
	{"first lies", 4, {"* flip=70000"}, {NULL}, 0, false, true},
	{"first lies everywhere", 4, {"* swap=lies"}, {NULL}, 0, true, true},
	{"first cuts every 5000", 4, {"* truncate=5000"}, {NULL}, 0, false,
	 false},
	{"first has no ranges", 4, {"* norange"}, {NULL}, 0, false, false},
	{"first is slow and has no ranges", 4, {"* norange;slow=400000"},
	 {NULL}, 0, true, false},
	{"second is slow and has no ranges", 4, {NULL},
	 {"* norange;slow=400000"}, 0, false, false},
	{"neither has ranges", 4, {"* norange"}, {"* norange"}, 0, false,
	 false},
	{"first says wrong ranges", 4, {"* wrongrange"}, {NULL}, 0, true,
	 true},
	{"second is down", 4, {NULL}, {"* drop"}, 0, false, false},
	{"second is silent", 4, {NULL}, {"* mute"}, 0, false, false},
	{"second lies", 4, {NULL}, {"* swap=lies"}, 0, false, false},
	{"one connection of four stalls", 4, {L "#3 stall=1000"},
	 {"* status=404"}, 0, false, false},
	{"each connection stalls once", 4, {L "#1-4 stall=1000"},
	 {"* status=404"}, 0, false, false},
	{"busy, then good", 4, {"* status=404"},
	 {L "#1-3 status=503;retry-after=0"}, 0, true, true},
	{"both lie", 4, {"* swap=lies"}, {"* swap=lies"}, CODE_HASH, false,
	 true},
	{"both are down", 4, {"* drop"}, {"* drop"}, CODE_CUT, false, false},
	{"both stall", 4, {"* stall=3000"}, {"* stall=3000"}, CODE_STALL,
	 false, false},
};
/* clang-format on */

static bool childless(void)
{
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

static void check_row(const struct pool_row *row)
{
	struct rig_server a, b;
	struct rig r;
	int ret;

	rig_serve(&a, "127.0.0.1", row->a);
	rig_serve(&b, "127.0.0.1", row->b);
	rig_init(&r, 11);
	r.f.env.connections = row->connections;
	rig_mirror(&r, a.port);
	rig_mirror(&r, b.port);
	ret = rig_fetch_layer(&r);
	fetch_close(&r.f);
	rig_stop(&a);
	rig_stop(&b);
	CHECK(childless());
	if (ret)
		CHECK_STR(code_name(r.e.code), code_name(row->code));
	CHECK_INT(ret, row->code ? -EPROTO : 0);
	if (row->b_has_most)
		CHECK_INT(r.layer.mirror, 1);
	if (row->bad_a)
		CHECK(r.f.mirrors[0].bad);
	CHECK_INT(r.f.mirrors[0].active + r.f.mirrors[1].active, 0);
}

static void mirrors(void)
{
	size_t i;

	rig_setup();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].name;
		check_row(&rows[i]);
	}
}

/* Whether wrong bytes are always the same says who is to be suspected. */
static void suspects(void)
{
	static const struct {
		const char *rules[RIG_RULES_MAX], *text;
	} all[] = {
		{{"* flip=10"}, "suspect the mirror"},
		{{L "#1 flip=10", L "#2 flip=11", L "#3 flip=12",
		  L "#4 flip=13"},
		 "suspect hardware"},
	};
	struct rig_server s;
	struct rig r;
	size_t i;

	rig_setup();
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		unit_row = all[i].text;
		rig_serve(&s, "127.0.0.1", all[i].rules);
		rig_init(&r, i);
		rig_mirror(&r, s.port);
		CHECK_INT(rig_fetch_layer(&r), -EPROTO);
		CHECK_INT(r.e.code, CODE_HASH);
		CHECK(strstr(r.e.text, all[i].text));
		rig_stop(&s);
	}
}

/* With ranges, a good server and nothing late no byte comes twice. */
static void no_byte_twice(void)
{
	static const unsigned int connections[] = {1, 2, 3, 8, 0};
	struct rig_server s;
	struct rig r;
	size_t i;

	rig_setup();
	for (i = 0; i < ARRAY_SIZE(connections); i++) {
		rig_serve(&s, "127.0.0.1", NULL);
		rig_init(&r, i);
		r.f.env.connections = connections[i];
		rig_mirror(&r, s.port);
		CHECK_INT(rig_fetch_layer(&r), 0);
		CHECK_INT(r.layer.bytes, rig_index.layer_size);
		CHECK_INT(r.f.stats.bytes, rig_index.layer_size);
		CHECK_INT(r.layer.tries, 0);
		rig_stop(&s);
	}
}

#define N_LAYERS 3

static struct many {
	struct fetch_layer l[N_LAYERS];
	unsigned int whole, order[N_LAYERS];
	int pipe[2];
	unsigned int refuse; /* the layer that is not wanted, or N_LAYERS */
} many;

static int many_whole(void *user, unsigned int i, struct fetch_error *e)
{
	CHECK(user == &many && many.l[i].done);
	many.order[many.whole++] = i;
	if (i == many.refuse)
		return fetch_fail(e, CODE_CPIO, "not wanted");
	/* somebody works on it, and says when he is ready */
	CHECK_INT(write(many.pipe[1], "x", 1), 1);
	return 0;
}

static int many_ready(void *user, unsigned int i, struct fetch_error *e)
{
	char c;

	CHECK_INT(i, 0);
	CHECK_INT(read(many.pipe[0], &c, 1), 1);
	for (i = 0; i < N_LAYERS; i++) {
		if (!many.l[i].held)
			continue;
		many.l[i].held = false;
		break;
	}
	return 0;
}

static int fetch_many(struct rig *r, unsigned int refuse)
{
	const struct fetch_watch watch = {
		.whole = many_whole,
		.ready = many_ready,
		.fds = many.pipe,
		.n_fds = 1,
		.user = &many,
	};
	unsigned int i;
	int ret;

	many.whole = 0;
	many.refuse = refuse;
	CHECK(!pipe2(many.pipe, O_CLOEXEC));
	for (i = 0; i < N_LAYERS; i++) {
		many.l[i] = (struct fetch_layer){
			.rel = L,
			.name = "layer",
			.ix = rig_index,
			.fd = memfd_create("layer", MFD_CLOEXEC),
			.held = i > 0,
		};
		CHECK(!ftruncate(many.l[i].fd, rig_index.layer_size));
	}
	ret = fetch_layers(&r->f, many.l, N_LAYERS, &watch, &r->e);
	close(many.pipe[0]);
	close(many.pipe[1]);
	return ret;
}

static void drop_many(bool check)
{
	unsigned int i;

	for (i = 0; i < N_LAYERS; i++) {
		CHECK_INT(pread(many.l[i].fd, rig_map, rig_index.layer_size, 0),
			  rig_index.layer_size);
		if (check)
			CHECK(!memcmp(rig_map, rig_bytes,
				      rig_index.layer_size));
		close(many.l[i].fd);
	}
}

/* Layers that are held begin when the watch lets them. */
static void layers(void)
{
	struct rig_server s;
	struct rig r;

	rig_setup();
	rig_serve(&s, "127.0.0.1", NULL);
	rig_init(&r, 1);
	r.f.env.connections = 4;
	rig_mirror(&r, s.port);
	CHECK_INT(fetch_many(&r, N_LAYERS), 0);
	CHECK_INT(many.whole, N_LAYERS);
	CHECK(many.order[0] == 0 && many.order[1] == 1 && many.order[2] == 2);
	drop_many(true);
	/* what the watch refuses ends it all */
	CHECK_INT(fetch_many(&r, 1), -EPROTO);
	CHECK_INT(r.e.code, CODE_CPIO);
	CHECK_INT(many.whole, 2);
	drop_many(false);
	rig_stop(&s);
	CHECK(childless());
}

/* Kill up to @n children of @pid, @depth generations down. */
static void kill_some(int pid, unsigned int depth, unsigned int *n)
{
	char path[64], text[512], *p = text;
	ssize_t got;
	int fd, child;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	while (*n && (child = (int)strtol(p, &p, 10)) > 0) {
		if (depth) {
			kill_some(child, depth - 1, n);
			continue;
		}
		kill(child, SIGKILL);
		(*n)--;
	}
}

static struct {
	unsigned int depth, left, seen;
} killer;

static void kill_on_progress(void *user, const struct fetch_progress *p)
{
	unsigned int one = 1;

	if (!killer.left || !p->done)
		return;
	kill_some(getpid(), killer.depth, &one);
	killer.left -= !one;
	killer.seen += !one;
}

/* In a child, so that its children are the engine's and not the server. */
static int fetch_while_killing(unsigned int port, unsigned int depth)
{
	struct rig r;
	int status;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid) {
		CHECK_INT(waitpid(pid, &status, 0), pid);
		return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	}
	rig_init(&r, 3);
	r.f.env.connections = 3;
	r.f.env.progress = kill_on_progress;
	killer.depth = depth;
	killer.left = 6;
	rig_mirror(&r, port);
	_exit(rig_fetch_layer(&r) ? 1 : killer.seen < 3 ? 2 : 0);
}

/* Workers and cages that die take a try with them, never the transfer. */
static void killed(void)
{
	const char *const rules[RIG_RULES_MAX] = {"* slow=2000000"};
	struct rig_server s;
	unsigned int depth;

	rig_setup();
	rig_serve(&s, "127.0.0.1", rules);
	for (depth = 0; depth < 2; depth++)
		CHECK_INT(fetch_while_killing(s.port, depth), 0);
	rig_stop(&s);
}

UNIT_MAIN(UNIT_CASE(mirrors), UNIT_CASE(suspects), UNIT_CASE(no_byte_twice),
	  UNIT_CASE(layers), UNIT_CASE(killed))

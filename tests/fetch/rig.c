// SPDX-License-Identifier: MIT
/* rig.c - files, servers and an engine for the tests. */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../unit/unit.h"
#include "rig.h"

#define RIG_CHUNKS 60

uint8_t rig_blob[RIG_BLOB_SIZE], *rig_bytes, *rig_map;
struct index rig_index;

static char rig_dir[160];
static int rig_owner;
static uint8_t rig_index_bytes[INDEX_HEADER + RIG_CHUNKS * INDEX_ENTRY];

/* Lengths that meet every edge: one byte, the largest, neither power. */
static uint32_t rig_len(uint64_t i)
{
	static const uint32_t lens[] = {65536, 1,    100003, 4096,
					70000, 4095, 131072, 65537};

	return i == 20 ? INDEX_CHUNK_MAX : lens[i % ARRAY_SIZE(lens)];
}

uint64_t rig_offset(uint64_t chunk)
{
	uint64_t i, at = 0;

	for (i = 0; i < chunk; i++)
		at += rig_len(i);
	return at;
}

static void rig_write(const char *name, const void *p, size_t size)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", rig_dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0);
	CHECK_INT(write(fd, p, size), size);
	close(fd);
}

static void rig_remove(void)
{
	char line[192];

	if (getpid() != rig_owner)
		return;
	snprintf(line, sizeof(line), "rm -rf '%s'", rig_dir);
	if (system(line))
		fprintf(stderr, "# %s is left\n", rig_dir);
}

void rig_setup(void)
{
	uint64_t i, at = 0, seed = 1, size = rig_offset(RIG_CHUNKS);
	uint8_t digest[DIGEST_SIZE];
	char path[192];

	if (rig_bytes)
		return;
	snprintf(rig_dir, sizeof(rig_dir), "%.128s/fetch.XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	CHECK(mkdtemp(rig_dir));
	rig_owner = getpid();
	atexit(rig_remove);
	snprintf(path, sizeof(path), "%s/layers", rig_dir);
	CHECK(!mkdir(path, 0700));
	rig_bytes = malloc(size);
	rig_map = malloc(size);
	CHECK(rig_bytes && rig_map);
	for (i = 0; i < size; i++)
		rig_bytes[i] = retry_random(&seed);
	for (i = 0; i < RIG_BLOB_SIZE; i++)
		rig_blob[i] = retry_random(&seed);
	index_header(rig_index_bytes, size, RIG_CHUNKS);
	for (i = 0; i < RIG_CHUNKS; i++) {
		digest_of(rig_bytes + at, rig_len(i), digest);
		index_entry(rig_index_bytes + INDEX_HEADER + i * INDEX_ENTRY,
			    rig_len(i), digest);
		at += rig_len(i);
	}
	CHECK_INT(index_open(&rig_index, rig_index_bytes,
			     sizeof(rig_index_bytes), NULL),
		  0);
	rig_write(RIG_BLOB, rig_blob, RIG_BLOB_SIZE);
	rig_write(RIG_LAYER, rig_bytes, size);
	/* of the right size, and not one chunk of it right */
	for (i = 0; i < size; i++)
		rig_map[i] = rig_bytes[i] ^ 1;
	rig_write("lies", rig_map, size);
	rig_write("longer", rig_bytes, RIG_BLOB_SIZE + 1);
	rig_write("other", rig_bytes, RIG_BLOB_SIZE);
	rig_write("empty", "", 0);
}

static const char *rig_program(char *buf, size_t size)
{
	const char *given = getenv("BADHTTPD");
	ssize_t n;
	char *slash;

	if (given)
		return given;
	n = readlink("/proc/self/exe", buf, size - 16);
	CHECK(n > 0);
	buf[n] = '\0';
	slash = strrchr(buf, '/');
	snprintf(slash, 16, "/../badhttpd");
	return buf;
}

void rig_serve(struct rig_server *s, const char *address,
	       const char *const rules[RIG_RULES_MAX])
{
	const char *argv[16] = {"badhttpd", "--root", rig_dir, "--bind",
				address,    "--log",  s->log};
	static unsigned int serial;
	char program[4096], line[32];
	size_t n = 7, i, have = 0;
	int pipes[2], parent = getpid();

	for (i = 0; rules && i < RIG_RULES_MAX && rules[i]; i++) {
		argv[n++] = "--rule";
		argv[n++] = rules[i];
	}
	snprintf(s->log, sizeof(s->log), "%s/log.%u", rig_dir, serial++);
	argv[0] = rig_program(program, sizeof(program));
	CHECK(!pipe2(pipes, O_CLOEXEC));
	s->pid = fork();
	CHECK(s->pid >= 0);
	if (!s->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(127);
		dup2(pipes[1], 1);
		execv(argv[0], (char **)argv);
		perror(argv[0]);
		_exit(127);
	}
	close(pipes[1]);
	while (have < sizeof(line) - 1 && read(pipes[0], line + have, 1) == 1 &&
	       line[have++] != '\n')
		;
	line[have] = '\0';
	close(pipes[0]);
	CHECK_INT(sscanf(line, "port %u", &s->port), 1);
}

void rig_stop(struct rig_server *s)
{
	int status;

	if (s->pid <= 0)
		return;
	kill(s->pid, SIGTERM);
	waitpid(s->pid, &status, 0);
	s->pid = 0;
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
}

unsigned int rig_log(const struct rig_server *s,
		     struct rig_request out[RIG_LOG_MAX])
{
	char line[256], range[64];
	unsigned int n = 0;
	FILE *in = fopen(s->log, "r");

	CHECK(in);
	while (n < RIG_LOG_MAX && fgets(line, sizeof(line), in)) {
		struct rig_request *q = &out[n++];
		unsigned long long first = 0, last = 0;

		CHECK_INT(sscanf(line, "%*s %lu %*s %63s %63s %u", &q->conn,
				 q->path, range, &q->status),
			  4);
		q->ranged = sscanf(range, "%llu-%llu", &first, &last) == 2;
		q->first = first;
		q->last = last;
	}
	fclose(in);
	return n;
}

static void rig_pause(void *user, uint64_t ms)
{
	struct rig *r = user;

	CHECK(r->n_waits < RIG_WAITS_MAX);
	r->waits[r->n_waits++] = ms;
}

static void rig_note(void *user, const char *text)
{
	struct rig *r = user;

	r->n_notes++;
	snprintf(r->note, sizeof(r->note), "%s", text);
}

static void rig_progress(void *user, const struct fetch_progress *p)
{
	struct rig *r = user;

	CHECK(!p->total || p->done <= p->total);
	CHECK(p->connections <= 16 && p->mirrors <= p->connections);
	r->progress = p->done;
}

void rig_init(struct rig *r, uint64_t seed)
{
	static struct retry_budget fast;
	struct fetch_env env = {
		.note = rig_note,
		.progress = rig_progress,
		.pause = rig_pause,
		.user = r,
		.seed = seed,
		.budget = &fast,
		.connections = 1,
	};

	fast = retry_default;
	fast.connect_ms = 500;
	fast.connect_first_ms = 200;
	fast.head_ms = 400;
	fast.body_window_ms = 300;
	fast.body_window_bytes = 1200;
	memset(r, 0, sizeof(*r));
	fetch_init(&r->f, &env, &r->conn);
}

void rig_mirror(struct rig *r, unsigned int port)
{
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%u", port);
	CHECK_INT(fetch_add_mirror(&r->f, text_span(url), NULL), 0);
}

/* Whatever went wrong: a chunk is there as it must be, or not at all. */
static void rig_only_proven(void)
{
	uint64_t i, at = 0;

	for (i = 0; i < RIG_CHUNKS; at += rig_len(i++)) {
		const uint8_t *got = rig_map + at;
		bool zero = !got[0] && !memcmp(got, got + 1, rig_len(i) - 1);

		CHECK(zero || !memcmp(got, rig_bytes + at, rig_len(i)));
	}
}

int rig_fetch_blob(struct rig *r, bool digest)
{
	uint8_t want[DIGEST_SIZE], buf[RIG_BLOB_SIZE];
	size_t size = RIG_BLOB_SIZE;
	int ret;

	digest_of(rig_blob, RIG_BLOB_SIZE, want);
	memset(buf, 0, sizeof(buf));
	ret = fetch_blob(&r->f, RIG_BLOB, buf, sizeof(buf), &size,
			 digest ? want : NULL, NULL, NULL, &r->e);
	if (!ret && digest)
		CHECK(size == sizeof(buf) && !memcmp(buf, rig_blob, size));
	return ret;
}

int rig_fetch_layer(struct rig *r)
{
	struct fetch_layer *l = &r->layer;
	int ret, fd = memfd_create("layer", MFD_CLOEXEC);
	uint64_t size = rig_index.layer_size;

	CHECK(fd >= 0 && !ftruncate(fd, size));
	*l = (struct fetch_layer){
		.rel = RIG_LAYER,
		.name = "base rig",
		.ix = rig_index,
		.fd = fd,
	};
	ret = fetch_layers(&r->f, l, 1, NULL, &r->e);
	CHECK_INT(l->done, !ret);
	CHECK_INT(pread(fd, rig_map, size, 0), size);
	close(fd);
	if (!ret)
		CHECK(!memcmp(rig_map, rig_bytes, size));
	else
		rig_only_proven();
	return ret;
}

int rig_fetch(struct rig *r, enum rig_what what)
{
	return what == LAYER ? rig_fetch_layer(r)
			     : rig_fetch_blob(r, what == BLOB_DIGEST);
}

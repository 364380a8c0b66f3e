// SPDX-License-Identifier: MIT
/* esp.c - mkfs.fat, mmd and mcopy at an offset. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "esp.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"

#define CLUSTER 4096

static void run(const char *const *argv, uint64_t time, const char *package)
{
	char *epoch =
		xasprintf("SOURCE_DATE_EPOCH=%llu", (unsigned long long)time);
	const char *const env[] = {epoch, "TZ=UTC", "MTOOLS_SKIP_CHECK=1",
				   "MTOOLSRC=/dev/null", NULL};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), err[2];
	struct spawn s = {.argv = argv, .env = env, .in = -1, .out = null};
	char *said;

	if (null < 0 || pipe2(err, O_CLOEXEC))
		die("pipe:");
	s.err = err[1];
	if (spawn_start(&s))
		die("%s: cannot start (Debian package %s)", argv[0], package);
	close(err[1]);
	said = spawn_tail(err[0], -1, 2);
	close(err[0]);
	close(null);
	if (spawn_wait(&s))
		die("ESP: %s: %s", argv[0], said);
	free(said);
	free(epoch);
}

void esp_make(const char *path, uint64_t offset, uint64_t size,
	      unsigned int sector, const char *uuid)
{
	char *bytes = xasprintf("%u", sector);
	char *cluster = xasprintf("%u", CLUSTER / sector);
	char *at = xasprintf("%llu", (unsigned long long)offset / sector);
	char *blocks = xasprintf("%llu", (unsigned long long)size / 1024);
	char *id = xasprintf("%.8s", uuid);
	const char *const argv[] = {
		"mkfs.fat",    "-F",	   "32",  "-S", bytes,	"-s",
		cluster,       "-n",	   "ESP", "-i", id,	"-I",
		"--invariant", "--offset", at,	  path, blocks, NULL};

	run(argv, 0, "dosfstools");
	free(id);
	free(blocks);
	free(at);
	free(cluster);
	free(bytes);
}

/* mcopy gives the file its source's date. */
static void date(const char *from, uint64_t time)
{
	const struct timespec t[2] = {{.tv_sec = time}, {.tv_sec = time}};

	if (utimensat(AT_FDCWD, from, t, 0))
		die("%s:", from);
}

static void sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) || close(fd))
		die("%s:", path);
}

static char *hidden(const char *to)
{
	return xasprintf("::/%.*s.NEW", (int)(strrchr(to, '.') - to), to);
}

void esp_put(const char *path, uint64_t offset, const char *from,
	     const char *to, uint64_t time)
{
	char *image = xasprintf("%s@@%llu", path, (unsigned long long)offset);
	char *target = xasprintf("::/%s", to), *fresh = hidden(to), *slash;

	for (slash = strchr(target + 3, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		char *dir = xasprintf("%.*s", (int)(slash - target), target);
		const char *const mmd[] = {"mmd", "-D", "s", "-i",
					   image, dir,	NULL};

		run(mmd, time, "mtools");
		free(dir);
	}
	date(from, time);
	run((const char *const[]){"mcopy", "-o", "-m", "-i", image, from, fresh,
				  NULL},
	    time, "mtools");
	free(fresh);
	free(target);
	free(image);
}

void esp_show(const char *path, uint64_t offset, const char *to, uint64_t time)
{
	char *image = xasprintf("%s@@%llu", path, (unsigned long long)offset);
	char *target = xasprintf("::/%s", to), *fresh = hidden(to);

	sync_path(path);
	run((const char *const[]){"mren", "-o", "-i", image, fresh, target,
				  NULL},
	    time, "mtools");
	sync_path(path);
	free(fresh);
	free(target);
	free(image);
}

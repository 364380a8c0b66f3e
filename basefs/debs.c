/* SPDX-License-Identifier: MIT */
/* debs.c - packages that were fetched once need not be fetched again. */
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/site.h"
#include "host/spawn.h"
#include "cache.h"
#include "debs.h"

#define ARCHIVES "/var/cache/apt/archives"

/* All .deb files of @from that @to lacks; one file by two names is enough. */
static void bring(const char *from, const char *to)
{
	char *pattern = xasprintf("%s/*.deb", from), *path;
	glob_t g;

	if (!glob(pattern, 0, NULL, &g)) {
		for (size_t i = 0; i < g.gl_pathc; i++) {
			path = xasprintf("%s/%s", to,
					 strrchr(g.gl_pathv[i], '/') + 1);
			if (access(path, F_OK) && link(g.gl_pathv[i], path))
				cache_copy(g.gl_pathv[i], path);
			free(path);
		}
		globfree(&g);
	}
	free(pattern);
}

static bool is_network(const char *line)
{
	static const char *const keep[] = {
		"Acquire::http::", "Acquire::https:", "Acquire::Retries"};

	for (size_t i = 0; i < ARRAY_SIZE(keep); i++)
		if (!strncmp(line, keep[i], strlen(keep[i])))
			return true;
	return false;
}

/* What this machine's apt is told about the network. */
static char *host_conf(void)
{
	const char *const argv[] = {"apt-config", "dump", NULL};
	struct spawn s = {.argv = argv, .in = -1, .err = -1};
	char *all, *conf = xstrdup(""), *more;
	int p[2];

	if (pipe2(p, O_CLOEXEC))
		die("pipe:");
	s.out = p[1];
	if (spawn_start(&s))
		die("apt-config: cannot start");
	close(p[1]);
	all = spawn_tail(p[0], -1, 2000);
	close(p[0]);
	spawn_wait(&s);
	for (char *line = strtok(all, "\n"); line; line = strtok(NULL, "\n"))
		if (is_network(line)) {
			more = xasprintf("%s%s\n", conf, line);
			free(conf);
			conf = more;
		}
	free(all);
	return conf;
}

void debs_load(const char *root, const char *cache)
{
	char *from = xasprintf("%s/debs", cache);
	char *to = xasprintf("%s%s", root, ARCHIVES);
	char *path = xasprintf("%s%s", root, DEBS_CONF), *conf = host_conf();
	char *all;

	site_mkdirs(to);
	bring(from, to);
	/* apt's own user cannot look into this person's folders */
	all = xasprintf("%sAPT::Sandbox::User \"root\";\n", conf);
	outfile_put(path, 0644, all, strlen(all));
	free(all);
	free(conf);
	free(path);
	free(to);
	free(from);
}

void debs_save(const char *root, const char *cache)
{
	char *from = xasprintf("%s%s", root, ARCHIVES);
	char *to = xasprintf("%s/debs", cache);

	site_mkdirs(to);
	bring(from, to);
	free(to);
	free(from);
}

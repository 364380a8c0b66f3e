// SPDX-License-Identifier: MIT
/*
 * deliver.c - a folder of reports, one POST each.
 */
#include <dirent.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deliver.h"
#include "fetch/clock.h"
#include "fetch/post.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "shape.h"

#define SEND_MS 30000

static int resolve(void *user, const char *host, uint64_t timeout_ms,
		   struct fetch_addr out[FETCH_ADDRS_MAX],
		   struct fetch_error *e)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list, *a;
	int err, n = 0;

	/* a static program must not load what the base's nsswitch names */
	__nss_configure_lookup("hosts", "files dns");
	err = getaddrinfo(host, NULL, &hints, &list);
	if (err)
		return fetch_fail(e, CODE_DNS, "%.60s: %s", host,
				  gai_strerror(err));
	for (a = list; a && n < FETCH_ADDRS_MAX; a = a->ai_next) {
		const struct sockaddr_in6 *six = (const void *)a->ai_addr;
		const struct sockaddr_in *four = (const void *)a->ai_addr;

		out[n].family = a->ai_family;
		if (a->ai_family == AF_INET6)
			memcpy(out[n++].addr, &six->sin6_addr, 16);
		else if (a->ai_family == AF_INET)
			memcpy(out[n++].addr, &four->sin_addr, 4);
	}
	freeaddrinfo(list);
	return n;
}

static bool with_curl(const char *url, const char *path)
{
	char *data = xasprintf("@%s", path);
	const char *const argv[] = {"curl",
				    "--silent",
				    "--show-error",
				    "--fail",
				    "--max-time",
				    "30",
				    "--output",
				    "/dev/null",
				    "--header",
				    "Content-Type: application/json",
				    "--data-binary",
				    data,
				    "--",
				    url,
				    NULL};
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};
	bool ok;

	spawn_need("curl", "curl");
	ok = !spawn_run(&s);
	free(data);
	return ok;
}

static bool deliver(const char *path, const char *url)
{
	static struct fetch_conn conn;
	const struct fetch_env env = {.resolve = resolve};
	struct fetch_error e;
	size_t size = 0;
	char *text;
	int ret;

	if (!strncmp(url, "https:", 6))
		return with_curl(url, path);
	text = outfile_slurp(path, SHAPE_MAX, &size);
	if (!text) {
		warn("%s:", path);
		return false;
	}
	conn_init(&conn);
	ret = post_json(&conn, &env, url, text, size, clock_ms() + SEND_MS, &e);
	free(text);
	if (ret)
		warn("%s", e.text);
	return !ret;
}

unsigned int deliver_all(const char *dir, const char *url)
{
	DIR *d = opendir(dir);
	struct dirent *f;
	unsigned int left = 0;
	const char *dot;
	char *path;

	if (!d && errno != ENOENT)
		die("%s:", dir);
	while (d && (f = readdir(d))) {
		dot = strrchr(f->d_name, '.');
		if (*f->d_name == '.' || !dot || strcmp(dot, ".json"))
			continue;
		path = xasprintf("%s/%s", dir, f->d_name);
		if (!deliver(path, url))
			left++;
		else if (unlink(path))
			warn("%s: sent, but not removed:", path);
		free(path);
	}
	if (d)
		closedir(d);
	return left;
}

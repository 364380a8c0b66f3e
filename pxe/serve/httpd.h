/* SPDX-License-Identifier: MIT */
/*
 * httpd.h - give a folder out over HTTP: regular files below it, GET and
 * HEAD, one Range a request, connections kept alive. No names that begin with
 * a dot, no "..", no symlink.
 */
#ifndef SERVE_HTTPD_H
#define SERVE_HTTPD_H

#include <stdbool.h>
#include <stddef.h>

struct httpd;

/* What somebody has posted. */
struct httpd_post {
	const char *body;
	size_t size;
	const char *address;	 /* numeric, who it came from */
	const char *real_ip;	 /* X-Real-IP, or NULL: anybody can send it */
};

struct httpd_conf {
	const char *dir;	 /* the publish tree; NULL: nothing to give */
	const char *also;	 /* NULL, or for what is not there */
	const char *listen;	 /* ADDR:PORT, [ADDR6]:PORT; port 0: any */
	bool log;		 /* a line a request on standard error */
	const char *post_path;	 /* what takes POST; NULL: nothing does */
	size_t post_max;	 /* bytes of a body */
	/* returns the status and *@text, which is static; in any thread */
	unsigned int (*post)(void *user, const struct httpd_post *p,
			     const char **text);
	void *post_user;
};

/* httpd_start - runs in threads of its own; dies saying why it cannot. */
struct httpd *httpd_start(const struct httpd_conf *conf);

/*
 * httpd_add - one more file, out of memory. Both strings stay the caller's and
 * must live on. Once, before anybody asks for it.
 */
void httpd_add(struct httpd *h, const char *name, const char *text);

/* httpd_port - the port it listens on. */
unsigned int httpd_port(const struct httpd *h);

void httpd_stop(struct httpd *h);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * httpd.h - give a folder out over HTTP: regular files below it, GET and
 * HEAD, one Range a request, connections kept alive. No names that begin with
 * a dot, no "..", no symlink.
 */
#ifndef SERVE_HTTPD_H
#define SERVE_HTTPD_H

#include <stdbool.h>

struct httpd;

struct httpd_conf {
	const char *dir;	 /* the publish tree */
	const char *listen;	 /* ADDR:PORT, [ADDR6]:PORT; port 0: any */
	bool log;		 /* a line a request on standard error */
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

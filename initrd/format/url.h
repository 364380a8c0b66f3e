/* SPDX-License-Identifier: MIT */
/*
 * url.h - http URLs (RFC 3986, narrowed): scheme http or https, host a name, an IPv4
 * literal or an IPv6 literal in brackets, port, path. No user info, no
 * fragment, no control characters, no "..", at most URL_MAX bytes.
 */
#ifndef FORMAT_URL_H
#define FORMAT_URL_H

#include "format/text.h"

#define URL_MAX 512
#define URL_HOST_MAX 253

struct url {
	char host[URL_HOST_MAX + 1];	/* no brackets, no trailing dot */
	uint16_t port;			/* not 0 */
	bool tls;			/* https: port 443 unless given */
	bool numeric;			/* host is an address literal */
	struct span path;		/* begins with '/', may hold a query;
					   inside the text parsed, or "/" */
};

/*
 * url_parse - split and check.
 *
 * Returns 0, -EBADMSG (@f says why), -ENOTSUP (another scheme),
 * -EOVERFLOW (too long).
 */
int url_parse(struct url *u, struct span text, struct fault *f);

/*
 * url_endpoint - "host", "host:port", "[v6]:port" as in a URL, @port without
 * one; u->path is empty. Returns 0, or -EBADMSG and @f says why.
 */
int url_endpoint(struct url *u, struct span text, uint16_t port,
		 struct fault *f);

/*
 * url_join - @base, one '/', @rel: the address of an object in a tree.
 *
 * Returns the length, or -EOVERFLOW; @buf is NUL terminated.
 */
int url_join(char *buf, size_t size, struct span base, struct span rel);

/*
 * url_resolve - where a Location header leads from @base (absolute URL,
 * "//host/path" refused, absolute path, relative refused). From https it
 * leads to https only.
 *
 * Returns the length, -EBADMSG, -ENOTSUP or -EOVERFLOW.
 */
int url_resolve(char *buf, size_t size, struct span base,
		struct span location, struct fault *f);

struct url_var {
	const char *name;
	const char *value;
};

/*
 * url_expand - replace {name} by its value, percent-encoding what a path may
 * not hold. An unknown {name} is -EBADMSG. Returns the length or -EOVERFLOW.
 */
int url_expand(char *buf, size_t size, struct span text,
	       const struct url_var *vars, size_t n, struct fault *f);

/*
 * url_template_ok - would @text, with {mac} {uuid} {serial} {role} filled in,
 * be a URL that url_parse takes?
 */
bool url_template_ok(struct span text);

/*
 * url_report_ok - may @text say where reports go: "off", such a URL, or what
 * follows a server's name in one ("/report", for url_resolve())?
 */
bool url_report_ok(struct span text);

#endif

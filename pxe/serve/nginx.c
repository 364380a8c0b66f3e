// SPDX-License-Identifier: MIT
/*
 * nginx.c - the configuration of nginx.
 *
 * Layers and boot files are named by their digests and never change; the
 * manifest and boot.ipxe do.
 */
#include <string.h>

#include "nginx.h"

static void print_listen(FILE *f, const struct netconf *c)
{
	if (c->listen)
		fprintf(f, "\tlisten %s;\n", c->listen);
	else
		fprintf(f, "\tlisten %u;\n\tlisten [::]:%u;\n",
			c->first.tls ? 80 : c->first.port,
			c->first.tls ? 80 : c->first.port);
	if (!c->first.numeric)
		fprintf(f, "\tserver_name %s;\n", c->first.host);
}

/* The path of the URL is where the tree begins. */
static void print_prefix(FILE *f, const struct netconf *c)
{
	struct span path = c->first.path;

	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	if (path.n)
		fprintf(f, "\trewrite \"^%.*s(/.*)$\" $1;\n", (int)path.n,
			path.p);
}

void nginx_print_origin(FILE *f, const struct netconf *c)
{
	fprintf(f,
		"# site %s, made by slipway serve: for sites-enabled/ of the "
		"origin\n"
		"server {\n",
		c->site);
	print_listen(f, c);
	fprintf(f, "\troot \"%s\";\n", c->tree);
	print_prefix(f, c);
	fprintf(f,
		"\tdefault_type application/octet-stream;\n"
		"\ttypes { text/plain ipxe; }\n"
		"\tgzip off;\n"
		"\tsendfile on;\n"
		"\ttcp_nopush on;\n"
		"\tkeepalive_requests 10000;\n"
		"\tdisable_symlinks on from=$document_root;\n"
		"\tadd_header Cache-Control no-cache;\n"
		"\tlocation ~ /\\. { return 404; }\n"
		"\tlocation ~ ^/(layers|boot)/ {\n"
		"\t\tadd_header Cache-Control "
		"\"public, max-age=31536000, immutable\";\n"
		"\t}\n"
		"\t# for firmware that boots over HTTP, and iPXE\n"
		"\tlocation ~ \"^/(ipxe|snponly|ipxe-arm64)\\.efi$\" {\n"
		"\t\troot \"%s/tftp\";\n"
		"\t}\n"
		"\tlocation = /" NETCONF_ENTRY " { root \"%s/tftp\"; }\n"
		"}\n",
		c->dir, c->dir);
}

/* "HOST" or "[IPV6]" */
static const char *bracket(const struct url *u, bool end)
{
	return strchr(u->host, ':') ? (end ? "]" : "[") : "";
}

static void print_upstream(FILE *f, const struct netconf *c)
{
	const struct url *u = &c->first;

	fprintf(f,
		"upstream slipway_origin {\n"
		"\tserver %s%s%s:%u max_fails=0;\n"
		"\tkeepalive 16;\n"
		"}\n",
		bracket(u, false), u->host, bracket(u, true), u->port);
}

void nginx_print_cache(FILE *f, const struct netconf *c, const char *cache)
{
	const struct url *u = &c->first;

	fprintf(f,
		"# site %s, made by slipway serve: for sites-enabled/ of a "
		"mirror\n"
		"proxy_cache_path %s levels=1:2 keys_zone=slipway:16m\n"
		"\tmax_size=32g inactive=60d use_temp_path=off;\n",
		c->site, cache);
	print_upstream(f, c);
	fputs("server {\n", f);
	if (c->listen)
		fprintf(f, "\tlisten %s;\n", c->listen);
	else
		fputs("\tlisten 80;\n\tlisten [::]:80;\n", f);
	fprintf(f,
		"\tgzip off;\n"
		"\ttcp_nopush on;\n"
		"\tkeepalive_requests 10000;\n"
		"\tproxy_http_version 1.1;\n"
		"\tproxy_set_header Connection \"\";\n"
		"\tproxy_set_header Host %s%s%s:%u;\n"
		"\tproxy_connect_timeout 5s;\n"
		"\tproxy_read_timeout 20s;\n"
		"\tproxy_cache slipway;\n"
		"\tproxy_cache_lock on;\n"
		"\t# a mirror answers while the origin is away\n"
		"\tproxy_cache_use_stale error timeout invalid_header "
		"updating\n"
		"\t\thttp_429 http_500 http_502 http_503 http_504;\n"
		"\tproxy_ignore_headers Cache-Control Expires Set-Cookie "
		"Vary;\n",
		bracket(u, false), u->host, bracket(u, true), u->port);
	if (u->tls)
		fprintf(f,
			"\tproxy_ssl_server_name on;\n"
			"\tproxy_ssl_name %s;\n",
			u->host);
	/* parts of 1 MiB: a machine asks for ranges, and the first one must
	 * not wait for a whole base */
	fprintf(f,
		"\tlocation ~ /(layers|boot)/ {\n"
		"\t\tslice 1m;\n"
		"\t\tproxy_set_header Range $slice_range;\n"
		"\t\tproxy_set_header Connection \"\";\n"
		"\t\tproxy_set_header Host %s%s%s:%u;\n"
		"\t\tproxy_cache_key $uri$slice_range;\n"
		"\t\tproxy_cache_valid 200 206 365d;\n"
		"\t\tproxy_pass %s://slipway_origin;\n"
		"\t}\n"
		"\tlocation / {\n"
		"\t\tproxy_cache_key $uri;\n"
		"\t\tproxy_cache_valid 200 2s;\n"
		"\t\tproxy_pass %s://slipway_origin;\n"
		"\t}\n"
		"}\n",
		bracket(u, false), u->host, bracket(u, true), u->port,
		u->tls ? "https" : "http", u->tls ? "https" : "http");
}

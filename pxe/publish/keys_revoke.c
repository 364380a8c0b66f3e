// SPDX-License-Identifier: MIT
/*
 * keys_revoke.c - the list of keys that machines believe no more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certs.h"
#include "format/text.h"
#include "host/alloc.h"
#include "host/anchors.h"
#include "host/error.h"
#include "host/outfile.h"
#include "keys.h"

#define LIST_MAX 65536

/* A line's worth: the digest, and whose it is for who reads the list. */
static char *line_of(const char *what, char hex[DIGEST_HEX + 1])
{
	uint8_t digest[DIGEST_SIZE];
	STACK_OF(X509) * list;
	char *name, *line;

	if (!digest_unhex(text_span(what), digest)) {
		digest_hex(digest, hex);
		return xasprintf("%s\n", hex);
	}
	list = certs_read(what);
	certs_digest(sk_X509_value(list, 0), hex);
	name = certs_name(X509_get_subject_name(sk_X509_value(list, 0)));
	line = xasprintf("%s %s\n", hex, name);
	free(name);
	sk_X509_pop_free(list, X509_free);
	return line;
}

void keys_revoke(const char *dir, const char *what)
{
	char *root = xasprintf("%s/root.crt", dir), hex[DIGEST_HEX + 1];
	char *path = anchors_revoked(root), *line = line_of(what, hex);
	size_t size;
	char *text = outfile_slurp(path, LIST_MAX, &size), *whole;

	if (!text && errno != ENOENT)
		die("%s: cannot read:", path);
	if (text && strstr(text, hex)) {
		info("%s: is on the list already", hex);
	} else {
		whole = xasprintf("%s%s", text ? text : "", line);
		outfile_put(path, 0644, whole, strlen(whole));
		free(whole);
	}
	/* what machines would get must be readable before anyone packs it */
	free(anchors_read(root, &size));
	free(text);
	free(line);
	free(path);
	free(root);
}

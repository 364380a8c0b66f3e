// SPDX-License-Identifier: MIT
/* past.c - what was released before. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/proven.h"
#include "past.h"

static const struct manifest *open_path(const struct site *site,
					const char *path)
{
	char *root = site_path(site, "keys/root.crt");
	struct manifest *m = xmalloc(sizeof(*m));
	struct proven bytes;

	if (!proven_open(&bytes, m, path, root)) {
		free(m);
		m = NULL;
	}
	free(root);
	return m;
}

const struct manifest *past_open(const struct site *site, uint64_t serial)
{
	char *path = site_path(site, "state/manifests/%llu.cms",
			       (unsigned long long)serial);
	const struct manifest *m = open_path(site, path);

	free(path);
	return m;
}

char *past_path(const struct site *site, struct span channel)
{
	if (!channel.n)
		return site_path(site, "public/manifest.cms");
	return site_path(site, "public/channels/%.*s/manifest.cms",
			 (int)channel.n, channel.p);
}

const struct manifest *past_last(const struct site *site, struct span channel)
{
	char *path = past_path(site, channel);
	const struct manifest *m = open_path(site, path);

	free(path);
	return m;
}

uint64_t past_serial(const struct site *s)
{
	char *path = site_path(s, "state/serial"), *text;
	size_t size;
	uint64_t v;

	text = outfile_slurp(path, 64, &size);
	if (!text) {
		if (errno != ENOENT)
			die("%s: cannot read:", path);
		free(path);
		return 0;
	}
	text[strcspn(text, "\n")] = '\0';
	if (text_u64(text_span(text), &v))
		die("%s: '%.40s' is not a serial; restore it, machines refuse a lower one",
		    path, text);
	free(text);
	free(path);
	return v;
}

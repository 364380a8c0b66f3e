// SPDX-License-Identifier: MIT
/* past.c - what was released before. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/cms.h"
#include "host/alloc.h"
#include "host/anchors.h"
#include "host/error.h"
#include "host/outfile.h"
#include "past.h"

static const struct manifest *decode(const char *path, const void *cms,
				     size_t size, const char *root_path)
{
	struct manifest *m = xmalloc(sizeof(*m));
	struct fault f = {0};
	size_t root_size, n;
	const void *content;
	void *root = anchors_read(root_path, &root_size);
	char *text;

	if (cms_verify(cms, size, root, root_size, MANIFEST_SIZE_MAX, &content,
		       &n, &f))
		die("%s: %s", path, f.why);
	text = xmalloc(n + 1);
	memcpy(text, content, n);
	cms_release();
	if (manifest_parse(m, (struct span){text, n}, &f))
		die("%s: byte %llu: %s", path, (unsigned long long)f.where,
		    f.why);
	free(root);
	return m;
}

static const struct manifest *open_path(const struct site *site,
					const char *path)
{
	char *root = site_path(site, "keys/root.crt");
	const struct manifest *m = NULL;
	size_t size;
	char *cms = outfile_slurp(path, MANIFEST_SIZE_MAX + CMS_OVERHEAD_MAX,
				  &size);

	if (cms)
		m = decode(path, cms, size, root);
	else if (errno != ENOENT && errno != ENOTDIR)
		die("%s: cannot read:", path);
	free(cms);
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

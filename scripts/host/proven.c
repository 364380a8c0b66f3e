// SPDX-License-Identifier: MIT
/* proven.c - a signed manifest in a file, believed as machines believe it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/cms.h"
#include "host/alloc.h"
#include "host/anchors.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/proven.h"

bool proven_read(struct proven *p, struct manifest *m, const char *path,
		 const void *anchors, size_t anchors_size, const char *whose)
{
	struct fault f = {0};
	const void *content;
	char *text;
	size_t size;

	memset(p, 0, sizeof(*p));
	p->cms = outfile_slurp(path, MANIFEST_SIZE_MAX + CMS_OVERHEAD_MAX,
			       &p->cms_size);
	if (!p->cms && (errno == ENOENT || errno == ENOTDIR))
		return false;
	if (!p->cms)
		die("%s: cannot read:", path);
	digest_setup();
	if (cms_verify(p->cms, p->cms_size, anchors, anchors_size,
		       MANIFEST_SIZE_MAX, &content, &size, &f))
		die("E-SIG: %s: %s (machines would refuse it, by %s)", path,
		    f.why, whose);
	text = xmalloc(size + 1);
	memcpy(text, content, size);
	cms_release();
	p->text = (struct span){text, size};
	if (manifest_parse(m, p->text, &f))
		die("E-MAN: %s: byte %llu: %s", path,
		    (unsigned long long)f.where, f.why);
	return true;
}

bool proven_open(struct proven *p, struct manifest *m, const char *path,
		 const char *root_path)
{
	size_t size;
	void *anchors = anchors_read(root_path, &size);
	bool there = proven_read(p, m, path, anchors, size, root_path);

	free(anchors);
	return there;
}

void proven_free(struct proven *p)
{
	free((char *)p->text.p);
	free(p->cms);
	memset(p, 0, sizeof(*p));
}

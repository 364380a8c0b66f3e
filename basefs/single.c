/* SPDX-License-Identifier: MIT */
/* single.c - one squashfs of what exists, without a site. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "from.h"
#include "recipe.h"
#include "single.h"

int single_pack(const char *src, const char *out, const char *profile,
		unsigned int jobs, unsigned int epoch)
{
	unsigned int level =
		recipe_level(profile ? profile : "quick", "--profile");
	char digest[DIGEST_HEX + 1];
	struct outfile o;
	struct image im;
	struct from f;
	uint64_t size;
	char *scratch;

	from_look(&f, src);
	scratch = xasprintf("%s.XXXXXX", out);
	if (!mkdtemp(scratch))
		die("%s:", scratch);
	outfile_cleanup(scratch);
	outfile_open(&o, out, 0644);
	image_open(&im, src, o.tmp, level, jobs, epoch);
	from_open(&f, NULL, scratch);
	from_feed(&f, &im);
	image_close(&im);
	outfile_commit(&o);
	hash_file_hex(out, digest, &size);
	printf("digest = %s\nsize = %" PRIu64 "\n", digest, size);
	free(scratch);
	return EXIT_DONE;
}

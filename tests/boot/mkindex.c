// SPDX-License-Identifier: MIT
/*
 * mkindex.c - the index of a layer cut every 64 KiB: mkindex LAYER OUT.
 *
 * The publisher cuts by content; a reader must take any lengths.
 */
#include <stdio.h>
#include <stdlib.h>

#include "format/index.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"

#define CUT (64u << 10)

int main(int argc, char **argv)
{
	uint8_t head[INDEX_HEADER], entry[INDEX_ENTRY], digest[DIGEST_SIZE];
	struct outfile out;
	size_t size, at, len;
	char *layer;

	error_program("mkindex");
	if (argc != 3)
		die("usage: mkindex LAYER OUT");
	layer = outfile_slurp(argv[1], (size_t)1 << 30, &size);
	if (!layer)
		die("%s: cannot read:", argv[1]);
	outfile_open(&out, argv[2], 0644);
	index_header(head, size, (size + CUT - 1) / CUT);
	outfile_write(&out, head, sizeof(head));
	for (at = 0; at < size; at += len) {
		len = size - at < CUT ? size - at : CUT;
		digest_of(layer + at, len, digest);
		index_entry(entry, len, digest);
		outfile_write(&out, entry, sizeof(entry));
	}
	outfile_commit(&out);
	free(layer);
	return EXIT_DONE;
}

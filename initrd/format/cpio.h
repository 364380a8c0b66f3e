/* SPDX-License-Identifier: MIT */
/*
 * cpio.h - newc archives (kernel: driver-api/early-userspace/buffer-format):
 * header encode, and a streaming decode that refuses what no builder of ours
 * writes. Names are checked here; what a name may do to a tree is not this
 * file's business (overlay entries: see ovl.h and initrd/unpack.c).
 */
#ifndef FORMAT_CPIO_H
#define FORMAT_CPIO_H

#include "format/env.h"

#define CPIO_HEADER 110
#define CPIO_NAME_MAX 4095	/* without the NUL */
#define CPIO_PART_MAX 255	/* one component */
#define CPIO_DEPTH_MAX 128
#define CPIO_LINK_MAX 4095
#define CPIO_FILE_MAX 0xfffffffeu
#define CPIO_TRAILER "TRAILER!!!"

struct cpio_entry {
	uint32_t ino, mode, uid, gid, nlink, mtime;
	uint32_t filesize;
	uint32_t rmajor, rminor;
	const char *name;		/* NUL terminated, cleaned of "./" */
	size_t name_len;
};

/*
 * cpio_encode - header, name, NUL and padding of one entry into @buf.
 *
 * Returns the bytes written (a multiple of four), or -EOVERFLOW. After the
 * file's data the caller pads to four with zeros. The trailer is an entry
 * named CPIO_TRAILER with every number 0 and nlink 1.
 */
int cpio_encode(void *buf, size_t size, const struct cpio_entry *e);

/*
 * What a decoder tells its user, in archive order: begin(entry); then for a
 * regular file or symlink with filesize > 0 data() until all is given; then
 * end(). A hook returns 0 or a negative errno that stops the decoder.
 */
struct cpio_sink {
	int (*begin)(void *user, const struct cpio_entry *e, struct fault *f);
	int (*data)(void *user, const void *p, size_t size, struct fault *f);
	int (*end)(void *user, struct fault *f);
};

enum cpio_state {
	CPIO_AT_HEADER, CPIO_AT_NAME, CPIO_AT_BODY, CPIO_AT_PAD, CPIO_AT_TAIL
};

/* State lives here, not in file scope; about 4.5 KiB, any storage. */
struct cpio_decoder {
	const struct cpio_sink *sink;
	void *user;
	enum cpio_state state;
	uint64_t pos;			/* bytes consumed */
	uint64_t entries, entries_max;	/* refuse above: declared inodes */
	uint64_t bytes, bytes_max;	/* refuse above: declared unpacked */
	struct cpio_entry e;
	uint32_t left;			/* of header, name, body or padding */
	uint32_t have;
	char header[CPIO_HEADER];
	char name[CPIO_NAME_MAX + 1];
};

/* cpio_decode_init - @entries_max and @bytes_max bound the whole archive. */
void cpio_decode_init(struct cpio_decoder *d, const struct cpio_sink *sink,
		      void *user, uint64_t entries_max, uint64_t bytes_max);

/*
 * cpio_decode - feed the next @size bytes, cut anywhere.
 *
 * Refuses (-EBADMSG): magic other than 070701; a digit outside [0-9A-Fa-f];
 * a name that is empty, absolute, not NUL terminated at namesize, holds an
 * inner NUL, a control character, an empty, "." or ".." component (a leading
 * "./" is dropped; the sole name "." is kept for a directory); unknown type
 * bits; a fifo or socket; data on a directory or device; an empty symlink;
 * non-zero padding; more than zeros after the trailer. -EOVERFLOW: name,
 * component, depth, link target, entries_max or bytes_max exceeded.
 * After an error the decoder is finished; @f has the offset.
 */
int cpio_decode(struct cpio_decoder *d, const void *p, size_t size,
		struct fault *f);

/* cpio_decode_end - 0 when the trailer was seen, else -ENODATA. */
int cpio_decode_end(const struct cpio_decoder *d, struct fault *f);

#endif

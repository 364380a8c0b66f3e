/* SPDX-License-Identifier: MIT */
/*
 * filelist.h - the initrd's own list of files, by which /init proves that its
 * archive arrived whole: kernels start /init even out of a cut archive.
 *
 *	slipway-files 1
 *	SHA256 SIZE PATH		one line per regular file, path order,
 *					PATH text_escape()d
 *
 * at FILELIST_PATH; the archive's last member, FILELIST_SENTINEL, holds the
 * digest of that list in hex and a newline.
 *
 * A core initrd has a second list, FILELIST_ARCHIVES, of files that may lack:
 * each is the list of a driver archive that may be loaded beside it, whose
 * last member it is, at FILELIST_ARCHIVE NAME FILELIST_ARCHIVE_END.
 */
#ifndef FORMAT_FILELIST_H
#define FORMAT_FILELIST_H

#include "format/digest.h"
#include "format/text.h"

#define FILELIST_PATH		  "/slipway/files"
#define FILELIST_SENTINEL	  "/slipway/sentinel"
#define FILELIST_ARCHIVES	  "/slipway/archives"
#define FILELIST_ARCHIVE	  "/slipway/drivers/"
#define FILELIST_ARCHIVE_END	  ".files"
#define FILELIST_ARCHIVE_NAME_MAX 129 /* a text_name_ok() and its NUL */
#define FILELIST_MAGIC		  "slipway-files 1\n"
#define FILELIST_SIZE_MAX	  (1u << 20)

struct filelist_item {
	uint8_t digest[DIGEST_SIZE];
	uint64_t size;
	char path[1024]; /* relative, NUL terminated */
};

/* filelist_open - check the magic; *@items is the rest. 0 or -EBADMSG. */
int filelist_open(struct span text, struct span *items, struct fault *f);

/*
 * filelist_archive - NAME of the archive whose list is at @path, as an item
 * of FILELIST_ARCHIVES has it; n is 0 when it is no archive's.
 */
struct span filelist_archive(const char *path);

/* filelist_next - 1, 0 at the end, -EBADMSG, -EOVERFLOW. */
int filelist_next(struct span *items, struct filelist_item *it,
		  struct fault *f);

/*
 * filelist_print - one line; returns its length, -EOVERFLOW, or -EBADMSG when
 * filelist_next would refuse the path.
 */
int filelist_print(char *buf, size_t size, const struct filelist_item *it);

/* filelist_find - the item called @path into @it: 0, -ENOENT when there is
 * none, -EBADMSG when @text is broken before it. */
int filelist_find(struct span text, const char *path, struct filelist_item *it);

#endif

/* SPDX-License-Identifier: MIT */
/* ext.c - files of an ext2, ext3 or ext4 file system, through libext2fs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "host/alloc.h"
#include "host/error.h"
#include "ext.h"
#include "extparts.h"

struct ext *ext_open(const char *path, uint64_t offset)
{
	struct ext *x = xcalloc(1, sizeof(*x));
	char *options = xasprintf("offset=%llu", (unsigned long long)offset);
	errcode_t err;

	x->path = path;
	initialize_ext2_error_table();
	err = ext2fs_open2(path, options, EXT2_FLAG_64BITS, 0, 0,
			   unix_io_manager, &x->fs);
	if (err)
		die("%s: file system at %llu: %s", path,
		    (unsigned long long)offset, error_message(err));
	if (ext2fs_has_feature_journal_needs_recovery(x->fs->super))
		die("%s: not cleanly unmounted: run 'e2fsck -fy' on it, or shut the machine down first",
		    path);
	free(options);
	return x;
}

void ext_close(struct ext *x)
{
	ext2fs_close_free(&x->fs);
	free(x);
}

static ext2_ino_t at(struct ext *x, const char *path)
{
	ext2_ino_t ino;

	if (ext2fs_namei_follow(x->fs, EXT2_ROOT_INO, EXT2_ROOT_INO, path,
				&ino))
		return 0;
	return ino;
}

bool ext_has(struct ext *x, const char *path)
{
	return at(x, path);
}

bool ext_is(struct ext *x, const char *spec)
{
	const struct ext2_super_block *sb = x->fs->super;
	char uuid[40];
	const unsigned char *u = sb->s_uuid;

	if (!strncmp(spec, "LABEL=", 6))
		return spec[6] && !strncmp(spec + 6, (char *)sb->s_volume_name,
					   sizeof(sb->s_volume_name));
	snprintf(uuid, sizeof(uuid),
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x",
		 u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9],
		 u[10], u[11], u[12], u[13], u[14], u[15]);
	return !strncmp(spec, "UUID=", 5) && !strcasecmp(spec + 5, uuid);
}

char *ext_text(struct ext *x, const char *path, size_t max)
{
	ext2_ino_t ino = at(x, path);
	struct ext2_inode inode;

	if (!ino || ext2fs_read_inode(x->fs, ino, &inode) ||
	    !LINUX_S_ISREG(inode.i_mode) || EXT2_I_SIZE(&inode) > max)
		return NULL;
	return ext_slurp(x, ino, EXT2_I_SIZE(&inode));
}

char *ext_slurp(struct ext *x, ext2_ino_t ino, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	ext2_file_t file;
	unsigned int got = 0;
	errcode_t err = ext2fs_file_open(x->fs, ino, 0, &file);

	if (!err)
		err = ext2fs_file_read(file, text, size, &got);
	if (!err)
		ext2fs_file_close(file);
	if (!err && got == size)
		return text;
	free(text);
	return NULL;
}

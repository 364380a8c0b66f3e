/* SPDX-License-Identifier: MIT */
/* sqimpl.h - what sqread.c and sqwalk.c share; nobody else includes it. */
#ifndef HOST_SQIMPL_H
#define HOST_SQIMPL_H

#include <stdbool.h>

#include <sqfs/compressor.h>
#include <sqfs/data_reader.h>
#include <sqfs/dir.h>
#include <sqfs/dir_reader.h>
#include <sqfs/error.h>
#include <sqfs/id_table.h>
#include <sqfs/inode.h>
#include <sqfs/io.h>
#include <sqfs/super.h>
#include <sqfs/xattr.h>
#include <sqfs/xattr_reader.h>

struct sqread {
	sqfs_super_t super;
	sqfs_file_t *file;
	sqfs_compressor_t *cmp;
	sqfs_id_table_t *ids;
	sqfs_dir_reader_t *dirs;
	sqfs_data_reader_t *data;
	sqfs_xattr_reader_t *xattrs; /* NULL until the first walk */
};

/* sqimpl_errno - of libsquashfs' code: 0, -ENOENT, -ENOTDIR, -ENOMEM, -EIO. */
int sqimpl_errno(int err);

/* sqimpl_is_link, sqimpl_target - of an inode; the target is malloc-ed. */
bool sqimpl_is_link(const sqfs_inode_generic_t *inode);
char *sqimpl_target(const sqfs_inode_generic_t *inode);

#endif

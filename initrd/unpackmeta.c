// SPDX-License-Identifier: MIT
/*
 * unpackmeta.c - the reserved first member: which base this overlay belongs
 * to, and after all members what newc cannot say.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "console.h"
#include "format/ovl.h"
#include "sys.h"
#include "unpack.h"

/* Two: the order of the list is checked against the item before. */
static struct ovl_item items[2];

static int note_parts(struct unpack *u, const struct ovl_item *it,
		      struct fault *f)
{
	struct unpack_parts *p = &u->parts[u->n_parts];

	if (u->n_parts == UNPACK_PARTS_MAX)
		return fault_set(f, -EOVERFLOW, "too many files in parts", 0);
	memcpy(p->path, it->path, it->path_len + 1);
	p->left = it->parts;
	u->n_parts++;
	return 0;
}

static int look_ahead(struct unpack *u, const struct ovl_item *it,
		      struct fault *f)
{
	if (it->kind == OVL_PARTS)
		return note_parts(u, it, f);
	if (it->kind != OVL_XATTR || strcmp(it->name, "security.capability") ||
	    (u->grants & MANIFEST_GRANT_CAPS))
		return 0;
	u->code = CODE_GRANT;
	return fault_set(f, -EPERM, "file capability, role has no grant caps",
			 0);
}

/* A directory or regular file of this layer, opened to be marked. */
static int open_leaf(struct unpack *u, const char *path, int flags)
{
	const char *leaf;
	int at = unpackfs_parent(u, path, &leaf), fd;
	struct stat st;

	if (at < 0)
		return at;
	/* a look first: opening a device node might do something */
	if (fstatat(at, leaf, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return -ENOTDIR;
	fd = openat(at, leaf, flags | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int set_xattr(struct unpack *u, const char *path, int flags,
		     const char *name, const void *value, size_t size)
{
	int fd = open_leaf(u, path, flags), ret;

	if (fd < 0)
		return fd;
	ret = sys_fsetxattr(fd, name, value, size);
	close(fd);
	/* before 6.6 a tmpfs keeps no user attributes */
	if (ret == -EOPNOTSUPP && !strncmp(name, "user.", 5)) {
		console_say("%s: %s: kept by newer kernels only", path, name);
		return 0;
	}
	return ret;
}

static int white_out(struct unpack *u, const char *path)
{
	const char *leaf;
	int at = unpackfs_parent(u, path, &leaf);

	if (at < 0)
		return at;
	return mknodat(at, leaf, S_IFCHR, 0) ? -errno : 0;
}

static int apply(struct unpack *u, const struct ovl_item *it, struct fault *f)
{
	int ret;

	memcpy(u->path, it->path, it->path_len + 1);
	switch (it->kind) {
	case OVL_DELETE:
		ret = white_out(u, it->path);
		return ret ? unpackfs_blame(u, f, ret, "cannot be deleted") : 0;
	case OVL_OPAQUE:
		ret = set_xattr(u, it->path, O_DIRECTORY,
				"trusted.overlay.opaque", "y", 1);
		return ret ? unpackfs_blame(u, f, ret, "cannot be opaque") : 0;
	case OVL_XATTR:
		ret = set_xattr(u, it->path, 0, it->name, it->value,
				it->value_len);
		return ret ? unpackfs_blame(u, f, ret, "attribute refused") : 0;
	case OVL_PARTS:
		break;
	}
	return 0;
}

static int each_item(struct unpack *u, struct span rest, struct fault *f,
		     int (*fn)(struct unpack *u, const struct ovl_item *it,
			       struct fault *f))
{
	const struct ovl_item *prev = NULL;
	int ret;

	for (unsigned int i = 0;; i ^= 1) {
		ret = ovl_next(&rest, &items[i], prev, f);
		if (ret <= 0)
			return ret;
		ret = fn(u, &items[i], f);
		if (ret)
			return ret;
		prev = &items[i];
	}
}

static int open_list(struct unpack *u, struct span *rest, struct fault *f)
{
	uint8_t base[DIGEST_SIZE];
	int ret = ovl_open((struct span){u->list, u->list_len}, base, rest, f);

	if (ret)
		return ret;
	if (!digest_equal(base, u->base))
		return fault_set(f, -EBADMSG, "captured against another base",
				 0);
	return 0;
}

int unpackmeta_open(struct unpack *u, struct fault *f)
{
	struct span rest;
	int ret = open_list(u, &rest, f);

	ret = ret ? ret : each_item(u, rest, f, look_ahead);
	u->blamed = ret;
	return ret;
}

static int apply_dates(struct unpack *u, struct fault *f)
{
	/* inner ones first does not matter: nothing is made any more */
	for (size_t i = 0; i < u->n_dirs; i++) {
		const struct timespec t[2] = {{.tv_sec = u->dirs[i].key},
					      {.tv_sec = u->dirs[i].key}};
		const char *leaf, *path = u->names + u->dirs[i].name;
		int at = unpackfs_parent(u, path, &leaf);

		if (at < 0 || utimensat(at, leaf, t, AT_SYMLINK_NOFOLLOW))
			return unpackfs_blame(u, f, at < 0 ? at : -errno,
					      "date of a directory");
	}
	return 0;
}

int unpackmeta_apply(struct unpack *u, struct fault *f)
{
	struct span rest;
	int ret = open_list(u, &rest, f);

	u->blamed = true;
	for (unsigned int i = 0; i < u->n_parts; i++)
		if (u->parts[i].left)
			return fault_set(f, -EBADMSG,
					 "fewer parts than the list says", 0);
	if (!ret)
		ret = each_item(u, rest, f, apply);
	return ret ? ret : apply_dates(u, f);
}

// SPDX-License-Identifier: MIT
/*
 * unpackfs.c - members of an overlay's archive become files. Every name is
 * reached through openat2 with no symlink, no "..", no other mount on the
 * way; the layer begins empty, so whatever is there came out of this archive,
 * and nothing is ever replaced.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "file.h"
#include "format/ovl.h"
#include "sys.h"
#include "unpack.h"

#define PAGE 4096u

int unpackfs_blame(struct unpack *u, struct fault *f, int err, const char *why)
{
	if (err == -ENOSPC || err == -ENOMEM)
		u->code = CODE_SPACE;
	else if (err != -EEXIST && err != -ENOENT && err != -ELOOP &&
		 err != -ENOTDIR && err != -EXDEV && err != -EISDIR)
		u->code = CODE_SYS;
	u->blamed = true;
	return fault_set(f, err, why, u->decoder.pos);
}

static int refuse(struct unpack *u, struct fault *f, const char *why)
{
	u->blamed = true;
	return fault_set(f, -EBADMSG, why, u->decoder.pos);
}

static int not_granted(struct unpack *u, struct fault *f, const char *why)
{
	u->code = CODE_GRANT;
	u->blamed = true;
	return fault_set(f, -EPERM, why, u->decoder.pos);
}

int unpackfs_parent(struct unpack *u, const char *path, const char **leaf)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? slash - path : 0;
	int fd;

	*leaf = slash ? slash + 1 : path;
	if (!slash)
		return u->root;
	if (u->dir >= 0 && strlen(u->dir_path) == n &&
	    !memcmp(u->dir_path, path, n))
		return u->dir;
	if (u->dir >= 0)
		close(u->dir);
	memcpy(u->dir_path, path, n);
	u->dir_path[n] = '\0';
	fd = sys_openat2_beneath(u->root, u->dir_path,
				 O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	u->dir = fd;
	return fd;
}

/* Keep @u->path; its offset, or 0 when there is no more room. */
static uint32_t keep_name(struct unpack *u)
{
	size_t n = strlen(u->path) + 1, at = u->names_used;

	if (n > UNPACK_NAMES_MAX - at)
		return 0;
	memcpy(u->names + at, u->path, n);
	u->names_used += n;
	return at;
}

/* The slot of inode @ino: its own, or the free one it would take. */
static struct unpack_mark *link_slot(struct unpack *u, uint32_t ino)
{
	size_t i = (ino * 2654435761u) & u->mask;

	while (u->links[i].name && u->links[i].key != ino)
		i = (i + 1) & u->mask;
	return &u->links[i];
}

/*
 * Remember the inode number of this member under its name. Numbers that only
 * one name has are of no use, but for kinds that nothing may be linked to.
 */
static int note_link(struct unpack *u, struct fault *f)
{
	struct unpack_mark *slot = link_slot(u, u->e.ino);

	if (slot->name)
		return 0;
	slot->key = u->e.ino;
	slot->type = u->e.mode & S_IFMT;
	slot->name = keep_name(u);
	if (!slot->name)
		return refuse(u, f, "names of members too long in all");
	return 0;
}

static int set_owner(int at, const char *leaf, const struct cpio_entry *e)
{
	const struct timespec t[2] = {{.tv_sec = e->mtime},
				      {.tv_sec = e->mtime}};

	/* chown first: it clears what chmod sets */
	if (fchownat(at, leaf, e->uid, e->gid, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (!S_ISLNK(e->mode) && fchmodat(at, leaf, e->mode & 07777, 0))
		return -errno;
	return utimensat(at, leaf, t, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
}

static struct unpack_parts *parts_of(struct unpack *u)
{
	for (unsigned int i = 0; i < u->n_parts; i++)
		if (!strcmp(u->parts[i].path, u->path))
			return &u->parts[i];
	return NULL;
}

static int create(struct unpack *u, int at, const char *leaf)
{
	u->fd = openat(at, leaf,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		       0600);
	u->at = 0;
	return u->fd < 0 ? -errno : 0;
}

/* A further name of a file of this archive; data it brings replaces. */
static int link_again(struct unpack *u, int at, const char *leaf,
		      const char *first)
{
	if (linkat(u->root, first, at, leaf, 0))
		return -errno;
	if (!u->e.filesize)
		return 0;
	u->fd = openat(at, leaf, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC);
	u->at = 0;
	return u->fd < 0 ? -errno : 0;
}

/* The next part of a file above 4 GiB goes on at its end. */
static int continue_part(struct unpack *u, int at, const char *leaf)
{
	struct stat st;

	u->fd = openat(at, leaf, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (u->fd < 0)
		return -errno;
	if (fstat(u->fd, &st))
		return -errno;
	u->at = st.st_size;
	return 0;
}

static int begin_file(struct unpack *u, int at, const char *leaf,
		      struct fault *f)
{
	struct unpack_parts *parts = u->n_parts ? parts_of(u) : NULL;
	struct unpack_mark *slot;
	struct stat st;
	int ret;

	if ((u->e.mode & (S_ISUID | S_ISGID)) &&
	    !(u->grants & MANIFEST_GRANT_SETID))
		return not_granted(u, f,
				   "setuid or setgid file, role has no "
				   "grant setid");
	u->what = UNPACK_FILE;
	if (parts) {
		if (!parts->left)
			return refuse(u, f, "more parts than the list says");
		parts->left--;
		if (!fstatat(at, leaf, &st, AT_SYMLINK_NOFOLLOW))
			return continue_part(u, at, leaf);
	}
	if (u->e.nlink < 2)
		return create(u, at, leaf);
	slot = link_slot(u, u->e.ino);
	if (slot->name && !S_ISREG(slot->type))
		return refuse(u, f, "hard link to what is no regular file");
	if (slot->name)
		return link_again(u, at, leaf, u->names + slot->name);
	ret = note_link(u, f);
	return ret ? ret : create(u, at, leaf);
}

static int begin_dir(struct unpack *u, int at, const char *leaf,
		     struct fault *f)
{
	struct unpack_mark *d = &u->dirs[u->n_dirs];

	if (!strcmp(u->path, ".")) {
		if (u->root_seen)
			return refuse(u, f, "duplicate member");
		u->root_seen = true;
	} else if (mkdirat(at, leaf, 0700)) {
		return -errno;
	}
	d->key = u->e.mtime;
	d->name = keep_name(u);
	if (!d->name)
		return refuse(u, f, "names of directories too long in all");
	u->n_dirs++;
	return 0;
}

static int begin_device(struct unpack *u, int at, const char *leaf,
			struct fault *f)
{
	if (S_ISCHR(u->e.mode) && !u->e.rmajor && !u->e.rminor)
		return refuse(u, f, "whiteout as a member");
	if (!(u->grants & MANIFEST_GRANT_DEVNODES))
		return not_granted(u, f,
				   "device node, role has no grant "
				   "devnodes");
	if (u->e.rmajor > 0xfff || u->e.rminor > 0xfffff)
		return refuse(u, f, "device number out of range");
	if (mknodat(at, leaf, u->e.mode & (S_IFMT | 0777),
		    makedev(u->e.rmajor, u->e.rminor)))
		return -errno;
	return note_link(u, f);
}

static int begin_list(struct unpack *u, struct fault *f)
{
	if (strcmp(u->path, OVL_MEMBER) || !S_ISREG(u->e.mode))
		return refuse(u, f, "does not begin with " OVL_MEMBER);
	if (u->e.filesize > OVL_SIZE_MAX)
		return refuse(u, f, OVL_MEMBER " is too large");
	u->list_seen = true;
	u->what = UNPACK_LIST;
	return 0;
}

static int begin(void *user, const struct cpio_entry *e, struct fault *f)
{
	struct unpack *u = user;
	const char *leaf;
	int at, ret;

	u->e = *e;
	u->what = UNPACK_NONE;
	u->link_len = 0;
	memcpy(u->path, e->name, e->name_len);
	u->path[e->name_len] = '\0';
	if (!u->list_seen)
		return begin_list(u, f);
	if (!strcmp(u->path, OVL_MEMBER))
		return refuse(u, f, "second " OVL_MEMBER);
	at = unpackfs_parent(u, u->path, &leaf);
	if (at < 0)
		return unpackfs_blame(u, f, at,
				      "its directory is not in this archive");
	if (S_ISREG(e->mode))
		ret = begin_file(u, at, leaf, f);
	else if (S_ISDIR(e->mode))
		ret = begin_dir(u, at, leaf, f);
	else if (S_ISCHR(e->mode) || S_ISBLK(e->mode))
		ret = begin_device(u, at, leaf, f);
	else if (S_ISLNK(e->mode) && e->filesize)
		ret = note_link(u, f);
	else
		ret = refuse(u, f, "type of member");
	if (S_ISLNK(e->mode))
		u->what = UNPACK_LINK;
	if (!ret || (f && f->why))
		return ret;
	return unpackfs_blame(u, f, ret,
			      ret == -EEXIST ? "duplicate member"
					     : "cannot be made");
}

static bool all_zero(const char *p, size_t n)
{
	return !n || (!p[0] && !memcmp(p, p + 1, n - 1));
}

/* Pages of zeros stay holes: memory is the disk here. */
static int write_sparse(struct unpack *u, const char *p, size_t size)
{
	while (size) {
		size_t n = PAGE - u->at % PAGE;
		size_t done = 0;

		if (n > size)
			n = size;
		while (!all_zero(p, n) && done < n) {
			ssize_t w =
				pwrite(u->fd, p + done, n - done, u->at + done);

			if (w < 0 && errno == EINTR)
				continue;
			if (w <= 0)
				return w ? -errno : -EIO;
			done += w;
		}
		u->at += n;
		p += n;
		size -= n;
	}
	return 0;
}

static int data(void *user, const void *p, size_t size, struct fault *f)
{
	struct unpack *u = user;
	int ret;

	switch (u->what) {
	case UNPACK_LIST:
		if (size > OVL_SIZE_MAX - u->list_len)
			return refuse(u, f, OVL_MEMBER " is too large");
		memcpy(u->list + u->list_len, p, size);
		u->list_len += size;
		return 0;
	case UNPACK_LINK:
		if (size > CPIO_LINK_MAX - u->link_len)
			return refuse(u, f, "link target is too long");
		memcpy(u->link + u->link_len, p, size);
		u->link_len += size;
		return 0;
	case UNPACK_FILE:
		ret = write_sparse(u, p, size);
		return ret ? unpackfs_blame(u, f, ret, "write failed") : 0;
	default:
		return refuse(u, f, "data without a file");
	}
}

static int end_link(struct unpack *u, int at, const char *leaf)
{
	if (memchr(u->link, 0, u->link_len))
		return -EBADMSG;
	u->link[u->link_len] = '\0';
	return symlinkat(u->link, at, leaf) ? -errno : 0;
}

static int end(void *user, struct fault *f)
{
	struct unpack *u = user;
	const char *leaf;
	int at, ret = 0;

	if (u->what == UNPACK_LIST)
		return unpackmeta_open(u, f);
	at = unpackfs_parent(u, u->path, &leaf);
	if (at < 0)
		return unpackfs_blame(u, f, at, "its directory is gone");
	if (u->what == UNPACK_LINK)
		ret = end_link(u, at, leaf);
	if (u->fd >= 0) {
		/* a hole at the end has not made the file longer yet */
		if (ftruncate(u->fd, u->at))
			ret = -errno;
		close(u->fd);
		u->fd = -1;
	}
	if (!ret)
		ret = set_owner(at, leaf, &u->e);
	if (!ret)
		return 0;
	return unpackfs_blame(u, f, ret,
			      ret == -EEXIST ? "duplicate member"
					     : "cannot be finished");
}

const struct cpio_sink unpackfs_sink = {begin, data, end};

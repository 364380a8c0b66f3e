// SPDX-License-Identifier: MIT
/* device.c - a stick that an image is written to, and whether it may be. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device.h"
#include "format/digest.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "host/progress.h"

#define PIECE (1u << 20)

/* "/sys/dev/block/M:N/NAME" as text without its newline, or "". */
static char *attribute(dev_t dev, const char *name)
{
	char *path = xasprintf("/sys/dev/block/%u:%u/%s", major(dev),
			       minor(dev), name);
	char *text = outfile_slurp(path, 4096, NULL);

	free(path);
	if (!text)
		return xstrdup("");
	text[strcspn(text, "\n")] = '\0';
	while (*text && text[strlen(text) - 1] == ' ')
		text[strlen(text) - 1] = '\0';
	return text;
}

static bool is_partition(dev_t dev)
{
	char *text = attribute(dev, "partition");
	bool is = *text;

	free(text);
	return is;
}

/* The stick may lie about itself: what it hangs on does not. */
static bool is_removable(dev_t dev)
{
	char *text = attribute(dev, "removable"), real[PATH_MAX];
	char *path = xasprintf("/sys/dev/block/%u:%u", major(dev), minor(dev));
	bool is = !strcmp(text, "1");

	if (realpath(path, real) && strstr(real, "/usb"))
		is = true;
	free(path);
	free(text);
	return is;
}

void device_open(struct device *d, const char *path, bool fixed)
{
	struct stat st;

	d->path = path;
	/* O_EXCL: the kernel knows of mounts, swap, LVM and RAID on it and on
	 * its partitions */
	d->fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC);
	if (d->fd < 0 && errno == EBUSY)
		die("%s: in use (mounted, or part of something)", path);
	if (d->fd < 0 || fstat(d->fd, &st))
		die("%s:", path);
	if (!S_ISBLK(st.st_mode))
		die("%s: not a block device; use -o for files", path);
	if (is_partition(st.st_rdev))
		die("%s: a partition; name the whole disk", path);
	if (ioctl(d->fd, BLKGETSIZE64, &d->size))
		die("%s: size:", path);
	d->model = attribute(st.st_rdev, "device/model");
	d->removable = is_removable(st.st_rdev);
	if (!d->removable && !fixed)
		die("%s: not removable (%s, %llu MB); --fixed if you mean it",
		    path, *d->model ? d->model : "no model",
		    (unsigned long long)(d->size / 1000000));
}

static void copy(struct device *d, int from, const char *image, uint64_t size)
{
	char *buf = xmalloc(PIECE);
	uint64_t done = 0;
	ssize_t n;

	while ((n = read(from, buf, PIECE)) > 0) {
		if (pwrite(d->fd, buf, n, done) != n)
			die("%s: write at %llu:", d->path,
			    (unsigned long long)done);
		done += n;
		progress("writing", done, size);
	}
	if (n < 0 || done != size)
		die("%s: changed while it was read", image);
	progress_end();
	free(buf);
}

static void read_back(const struct device *d, uint64_t size,
		      uint8_t out[DIGEST_SIZE])
{
	char *buf = xmalloc(PIECE);
	struct digest_ctx ctx;
	uint64_t done = 0;

	digest_init(&ctx);
	while (done < size) {
		size_t want = size - done < PIECE ? size - done : PIECE;
		ssize_t n = pread(d->fd, buf, want, done);

		if (n <= 0)
			die("%s: read at %llu:", d->path,
			    (unsigned long long)done);
		digest_update(&ctx, buf, n);
		done += n;
		progress("reading back", done, size);
	}
	digest_final(&ctx, out);
	progress_end();
	free(buf);
}

void device_write(struct device *d, const char *image)
{
	uint8_t want[DIGEST_SIZE], got[DIGEST_SIZE];
	uint64_t size;
	int from = open(image, O_RDONLY | O_CLOEXEC);

	if (from < 0 || hash_file(image, want, &size))
		die("%s:", image);
	if (size > d->size)
		die("%s: too small (needs %llu bytes, has %llu)", d->path,
		    (unsigned long long)size, (unsigned long long)d->size);
	copy(d, from, image, size);
	/* so that what is read back was on the stick */
	if (fsync(d->fd) || ioctl(d->fd, BLKFLSBUF))
		die("%s: sync:", d->path);
	read_back(d, size, got);
	if (!digest_equal(want, got))
		die("%s: does not read back what was written; take another stick",
		    d->path);
	ioctl(d->fd, BLKRRPART);
	close(d->fd);
	close(from);
	free(d->model);
}

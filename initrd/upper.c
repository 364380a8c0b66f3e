// SPDX-License-Identifier: MIT
/* upper.c - the writable layer. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "console.h"
#include "medium.h"
#include "sys.h"
#include "upper.h"

#define FOLDER	  BOOT_UPPER "/slipway"
#define DEVICE	  "/upper-device"
#define SOON_MS	  10000 /* for a disk that may be absent */
#define EXT_MAGIC 0xef53
#define DISK_SIZE _IOR(0x12, 114, size_t) /* linux/fs.h: BLKGETSIZE64 */
#define EXT_GROW  _IOW('f', 16, uint64_t) /* fs/ext4/ext4.h: RESIZE_FS */

static int in_memory(struct boot *b)
{
	char options[64];
	unsigned int percent = b->args.ram_percent;

	if (b->args.ram_bytes)
		snprintf(options, sizeof(options), "mode=0755,size=%llu",
			 (unsigned long long)b->args.ram_bytes);
	else
		snprintf(options, sizeof(options), "mode=0755,size=%u%%",
			 percent ? percent : 50);
	mkdir(BOOT_UPPER, 0755);
	if (mount("slipway", BOOT_UPPER, "tmpfs", 0, options) ||
	    mkdir(BOOT_UPPER "/up", 0755) || mkdir(BOOT_UPPER "/work", 0755))
		return fetch_fail(&b->error, CODE_MOUNT,
				  "writable layer: %s (%s)", strerror(errno),
				  options);
	return 0;
}

/* A partition that was made larger: the file system follows while it is in
 * use, and stays as it is where it cannot. */
static void grow(const char *label)
{
	int fd = open(BOOT_UPPER, O_RDONLY | O_DIRECTORY | O_CLOEXEC), dev;
	struct statfs fs;
	struct stat st;
	uint64_t size, blocks;

	if (fd < 0 || fstat(fd, &st) || fstatfs(fd, &fs) || !fs.f_bsize)
		goto out;
	if (mknod(DEVICE, S_IFBLK | 0600, st.st_dev))
		goto out;
	dev = open(DEVICE, O_RDONLY | O_CLOEXEC);
	unlink(DEVICE);
	if (dev >= 0 && !ioctl(dev, DISK_SIZE, &size)) {
		blocks = size / fs.f_bsize;
		if (ioctl(fd, EXT_GROW, &blocks))
			console_say("medium %s: does not grow: %s", label,
				    strerror(errno));
	}
	if (dev >= 0)
		close(dev);
out:
	if (fd >= 0)
		close(fd);
}

/* Each role's own: what one has written is nothing to another. */
static int open_role(struct boot *b, const char *label)
{
	char role[TEXT_NAME_MAX + 1], path[sizeof(FOLDER) + TEXT_NAME_MAX + 8];

	text_copy(role, sizeof(role), b->role->name);
	snprintf(path, sizeof(path), FOLDER "/%s", role);
	mkdir(FOLDER, 0755);
	mkdir(path, 0755);
	/* bound to the short name, as all layers must fit one page of options
	 */
	if (mount(path, BOOT_UPPER, NULL, MS_BIND, NULL))
		return fetch_fail(&b->error, CODE_MOUNT, "medium %s: %s: %s",
				  label, path, strerror(errno));
	mkdir(BOOT_UPPER "/up", 0755);
	mkdir(BOOT_UPPER "/work", 0755);
	return 0;
}

static int on_this_disk(struct boot *b, const char *label)
{
	struct statfs fs;
	int ret;

	if (!b->policy.upper_disk)
		return fetch_fail(&b->error, CODE_MEDIUM,
				  "medium %s: this initrd lets nobody write to "
				  "disks (site.conf: upper = disk)",
				  label);
	ret = medium_mount(b, label, BOOT_UPPER, MS_NOATIME,
			   b->args.upper_optional ? SOON_MS : MEDIUM_WAIT_MS);
	if (ret)
		return ret;
	if (statfs(BOOT_UPPER, &fs) || fs.f_type != EXT_MAGIC) {
		umount2(BOOT_UPPER, MNT_DETACH);
		return fetch_fail(&b->error, CODE_MEDIUM,
				  "medium %s: not ext4, which a writable layer "
				  "needs",
				  label);
	}
	grow(label);
	ret = open_role(b, label);
	if (ret)
		umount2(BOOT_UPPER, MNT_DETACH);
	return ret;
}

int upper_mount(struct boot *b, bool *on_disk)
{
	char label[TEXT_NAME_MAX + 1];
	int ret;

	*on_disk = false;
	if (!b->args.upper.n)
		return in_memory(b);
	text_copy(label, sizeof(label), b->args.upper);
	ret = on_this_disk(b, label);
	if (ret && b->args.upper_optional) {
		console_say("%s; writing to memory", b->error.text);
		memset(&b->error, 0, sizeof(b->error));
		return in_memory(b);
	}
	*on_disk = !ret;
	return ret;
}

void upper_hide(bool on_disk)
{
	umount2(BOOT_UPPER, MNT_DETACH);
	if (on_disk) /* the disk behind the role's folder */
		umount2(BOOT_UPPER, MNT_DETACH);
}

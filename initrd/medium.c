// SPDX-License-Identifier: MIT
/*
 * medium.c - a publish tree that is here already: inside this initrd (a
 * ramdisk), or on a disk, stick or CD that is found by its label. It is
 * believed as little as a server: only reached in another way. Both together:
 * what the initrd brings goes before what the medium has, file by file.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "boot.h"
#include "console.h"
#include "file.h"
#include "format/fslabel.h"
#include "loop.h"
#include "medium.h"
#include "modules.h"
#include "sys.h"

#define TREE_HERE   "/tree"   /* in a ramdisk */
#define TREE_FOLDER "slipway" /* on a medium, where its root is not one */
#define MEDIUM	    "/medium"
#define IMAGE	    "/image" /* an ISO that is a file on the medium */
#define FLAGS	    (MS_RDONLY | MS_NODEV | MS_NOSUID | MS_NOEXEC)
#define ANSWER_FILE "/answer" /* put into the initrd by whoever starts it */
#define ANSWER_MAX  65536
#define ANY_LABEL   "SLIPWAY" /* of slipway.source=disk */
#define POLL_MS	    200
#define NOTICE_MS   10000

static int open_folder(int dir, const char *path)
{
	return sys_openat2_beneath(dir, path,
				   O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The label on @name, a block device; false when it has none or is empty. */
static bool read_label(const char *path, struct fslabel *l)
{
	static uint8_t head[FSLABEL_HEAD];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = file_get_at(fd, head, sizeof(head), 0);
	close(fd);
	return n > 0 && !fslabel_parse(l, head, n);
}

/*
 * The file system and what FAT reads names by: a kernel asks modprobe for
 * both, which is not here. What is part of the kernel is not found either.
 */
static void need_filesystem(struct boot *b, const char *type)
{
	static const char *const fat[] = {"nls_cp437", "nls_ascii",
					  "nls_iso8859_1", "nls_utf8"};
	bool vfat = !strcmp(type, "vfat");

	modules_need(b, strcmp(type, "iso9660") ? type : "isofs");
	for (size_t i = 0; vfat && i < ARRAY_SIZE(fat); i++)
		modules_need(b, fat[i]);
}

/* The first device called so; "sda" comes before "sda1" and may be the same
 * hybrid image, so whichever mounts is taken. 0, or -ENOENT. */
static int look(struct boot *b, const char *label, const char *at,
		unsigned long flags)
{
	DIR *d = opendir("/sys/class/block");
	struct dirent *e;
	int ret = -ENOENT;

	while (d && ret && (e = readdir(d))) {
		struct fslabel l;
		char path[300];

		snprintf(path, sizeof(path), "/dev/%s", e->d_name);
		if (e->d_name[0] == '.' || !read_label(path, &l) ||
		    strcmp(l.label, label))
			continue;
		need_filesystem(b, l.type);
		if (mount(path, at, l.type, flags, NULL)) {
			console_say("medium %s on %s: %s", label, path,
				    strerror(errno));
			continue;
		}
		console_say("medium %s: %s on %s", label, l.type, path);
		ret = 0;
	}
	if (d)
		closedir(d);
	return ret;
}

/* Sticks and CDs take their time to appear. */
int medium_mount(struct boot *b, const char *label, const char *at,
		 unsigned long flags, uint64_t limit_ms)
{
	uint64_t start = clock_ms(), noticed = start, now = start;

	mkdir(at, 0700);
	while (look(b, label, at, flags)) {
		now = clock_ms();
		if (now - start >= limit_ms)
			return fetch_fail(&b->error, CODE_MEDIUM,
					  "medium %s: no disk of that label "
					  "(waited %u s)",
					  label,
					  (unsigned int)(limit_ms / 1000));
		if (now - noticed >= NOTICE_MS) {
			noticed = now;
			console_say("medium %s: not there yet, waiting up to "
				    "%u s",
				    label, (unsigned int)(limit_ms / 1000));
		}
		sys_sleep_ms(POLL_MS);
		modules_rescan(b);
	}
	return 0;
}

static int mount_image(struct boot *b, int file)
{
	char path[32];
	int fd, ret = 0;

	/* loaded behind, and not yet perhaps */
	modules_need(b, "loop");
	fd = loop_attach(file, path);
	if (fd < 0)
		return fd;
	need_filesystem(b, "iso9660");
	mkdir(IMAGE, 0700);
	if (mount(path, IMAGE, "iso9660", FLAGS, NULL))
		ret = -errno;
	close(fd);
	return ret ? ret : open(IMAGE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* @path of the medium when it is a file, else -ENOENT: the root of the ISO
 * that it holds. */
static int open_image(struct boot *b, int root, const char *path)
{
	int file = sys_openat2_beneath(root, path, O_RDONLY | O_CLOEXEC), ret;
	struct stat st;

	if (file < 0)
		return -ENOENT;
	if (fstat(file, &st) || !S_ISREG(st.st_mode))
		ret = -ENOENT;
	else
		ret = mount_image(b, file);
	close(file);
	return ret;
}

/* The folder that was named, else "slipway", else @root, which becomes the
 * tree or is closed. */
static int open_top(int root, const char *path)
{
	int tree = open_folder(root, path[0] ? path + 1 : TREE_FOLDER);

	if (tree == -ENOENT && !path[0])
		return root;
	close(root);
	return tree;
}

static int open_publish(struct boot *b, const char *label, const char *path)
{
	int root = open(MEDIUM, O_RDONLY | O_DIRECTORY | O_CLOEXEC), image;
	int tree = root < 0 ? -errno : 0;

	image = root < 0 || !path[0] ? -ENOENT : open_image(b, root, path + 1);
	if (image != -ENOENT) {
		close(root);
		root = tree = image;
	}
	if (tree >= 0)
		tree = open_top(root, image < 0 ? path : "");
	if (tree < 0)
		return fetch_fail(&b->error, CODE_MEDIUM, "medium %s: %s: %s",
				  label, path[0] ? path : "/", strerror(-tree));
	b->tree = tree;
	return 0;
}

static int from_label(struct boot *b, struct span name)
{
	char label[FSLABEL_MAX + 1], path[256] = "";
	struct span head, tail;
	int ret;

	text_cut(name, ':', &head, &tail);
	if (text_copy(label, sizeof(label), head) ||
	    (tail.p && text_copy(path, sizeof(path), tail)))
		return fetch_fail(&b->error, CODE_MEDIUM,
				  "slipway.source: label or path too long");
	ret = medium_mount(b, label, MEDIUM, FLAGS, MEDIUM_WAIT_MS);
	return ret ? ret : open_publish(b, label, path);
}

/* What a ramdisk was made for, where nobody says anything else. */
static void ramdisk_role(struct boot *b)
{
	static char role[TEXT_NAME_MAX + 1];

	if (!b->args.role.n &&
	    file_read_line(TREE_HERE "/role", role, sizeof(role)) > 0 &&
	    text_name_ok(text_span(role)))
		b->args.role = text_span(role);
}

/* Data for the role, proven by nobody: as good as the command line. */
static void keep_answer(void)
{
	static char text[ANSWER_MAX + 1];
	int n = file_read(ANSWER_FILE, text, sizeof(text)), ret;

	if (n == -ENOENT)
		return;
	ret = n < 0 ? n : file_write(BOOT_FACTS ANSWER_FILE, text, n, 0600);
	console_say("answer file: %s",
		    ret ? strerror(-ret) : "kept for the role");
}

void medium_leave(struct boot *b)
{
	if (b->tree < 0 || b->tree_stays)
		return;
	close(b->tree);
	if (b->over >= 0)
		close(b->over);
	b->tree = b->over = -1;
	umount2(IMAGE, MNT_DETACH);
	umount2(MEDIUM, MNT_DETACH);
}

int medium_find(struct boot *b)
{
	struct span source = b->args.source;
	int ret = 0;

	keep_answer();

	b->tree = b->over = -1;
	if (text_strip(&source, "LABEL=")) {
		ret = from_label(b, source);
	} else if (span_is(source, "disk")) {
		ret = from_label(b, text_span(ANY_LABEL));
	} else if (!source.n && !b->args.n_urls) {
		b->tree = open(TREE_HERE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		b->tree_stays = b->tree >= 0;
	}
	if (ret || b->tree < 0)
		return ret;
	if (b->tree_stays)
		ramdisk_role(b);
	else
		b->over = open(TREE_HERE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* whoever wants an address as well says so */
	if (!b->args.n_addrs)
		b->args.addrs[b->args.n_addrs++].ip = IP_NONE;
	return 0;
}

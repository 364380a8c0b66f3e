// SPDX-License-Identifier: MIT
/*
 * union.c - the proven base mounted, the overlays above it, one writable
 * layer on top (upper.c). The parts are unmounted from sight afterwards; the
 * union keeps them.
 */
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "boot.h"
#include "console.h"
#include "file.h"
#include "format/sqsb.h"
#include "loop.h"
#include "upper.h"

#define OPTIONS_MAX 512

static int check_base(struct boot *b, uint64_t size, struct sqsb *s)
{
	uint8_t head[SQSB_SIZE];
	struct fault f = {0};
	ssize_t n = file_get_at(b->base_fd, head, sizeof(head), 0);
	int ret;

	if (n < 0)
		return fetch_fail(&b->error, CODE_SYS, "base: %s",
				  strerror((int)-n));
	ret = sqsb_parse(s, head, n, size, &f);
	if (ret)
		return fetch_fail(&b->error, CODE_SQFS,
				  "base: %s (at offset %llu)",
				  f.why ? f.why : "not squashfs",
				  (unsigned long long)f.where);
	return 0;
}

static int mount_base(struct boot *b)
{
	const struct manifest_layer *m = &b->manifest.layers[b->role->base];
	struct sqsb s;
	char path[32];
	int dev, ret = check_base(b, m->size, &s);

	if (ret)
		return ret;
	dev = loop_attach(b->base_fd, path);
	if (dev < 0)
		return fetch_fail(&b->error, CODE_LOOP, "base: %s",
				  strerror(-dev));
	close(b->base_fd);
	b->base_fd = -1;
	mkdir(BOOT_BASE, 0755);
	console_say("mount layer base from %s", path);
	ret = mount(path, BOOT_BASE, "squashfs", MS_RDONLY, NULL) ? errno : 0;
	close(dev);
	if (ret == EINVAL)
		return fetch_fail(&b->error, CODE_SQFS,
				  "base: this kernel does not mount it "
				  "(compressor %s, id %u)",
				  sqsb_compressor_name(s.compressor),
				  s.compressor);
	if (ret)
		return fetch_fail(&b->error, CODE_MOUNT, "base: squashfs: %s",
				  strerror(ret));
	return 0;
}

/* "lowerdir=/o1:/o0:/base,...": the topmost first. */
static int union_options(const struct boot *b, bool on_disk,
			 char out[OPTIONS_MAX])
{
	struct text_out o = {.buf = out, .size = OPTIONS_MAX - 1};
	char layer[16];
	int n;

	text_put_str(&o, "lowerdir=");
	for (unsigned int i = b->role->n_overlays; i--;) {
		snprintf(layer, sizeof(layer), BOOT_LAYER "%x:", i);
		text_put_str(&o, layer);
	}
	text_put_str(&o, BOOT_BASE ",upperdir=" BOOT_UPPER
				   "/up,workdir=" BOOT_UPPER "/work");
	/* the next release lies below the same files: overlayfs.rst, "Changes
	 * to underlying filesystems" */
	if (on_disk)
		text_put_str(&o, ",index=off,metacopy=off,redirect_dir=off,"
				 "xino=off");
	n = text_put_end(&o);
	if (n >= 0)
		out[n] = '\0';
	return n < 0 ? n : 0;
}

/* The union holds clones of its own: these names would only confuse. */
static void hide_parts(const struct boot *b, bool on_disk)
{
	char layer[16];

	for (unsigned int i = 0; i < b->role->n_overlays; i++) {
		snprintf(layer, sizeof(layer), BOOT_LAYER "%x", i);
		umount2(layer, MNT_DETACH);
	}
	umount2(BOOT_BASE, MNT_DETACH);
	upper_hide(on_disk);
	umount2(BOOT_STORE, MNT_DETACH);
}

int union_mount(struct boot *b)
{
	char options[OPTIONS_MAX];
	int ret = mount_base(b);
	bool on_disk;

	if (!ret)
		ret = upper_mount(b, &on_disk);
	if (ret)
		return ret;
	mkdir(BOOT_NEW, 0755);
	if (union_options(b, on_disk, options))
		return fetch_fail(&b->error, CODE_MOUNT,
				  "union: too many layers");
	if (mount("slipway", BOOT_NEW, "overlay", 0, options))
		return fetch_fail(&b->error, CODE_MOUNT, "union: %s",
				  strerror(errno));
	hide_parts(b, on_disk);
	console_say("union of base and %u overlays mounted",
		    b->role->n_overlays);
	return 0;
}

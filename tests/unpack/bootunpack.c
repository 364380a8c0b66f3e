/* SPDX-License-Identifier: MIT */
/*
 * bootunpack.c - /init's unpacker, its very source, on the host: unpack FILE
 * into DIR/o0 (a tmpfs of the declared size) and say what it says.
 *
 *	bootunpack FILE DIR BASE-DIGEST UNPACKED INODES GRANTS
 *
 * Run it in a mount namespace of its own.
 */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

/* one unit, so that no library of /init has to exist for this */
#include "unpack.c"
#include "beside.c"
#include "unpackfs.c"
#include "unpackmeta.c"
#include "gunzip.c"
#include "inflate.c"
#include "file.c"

/* sys.c is klibc's: the same calls through glibc */
int sys_fsetxattr(int fd, const char *name, const void *value, size_t size)
{
	return fsetxattr(fd, name, value, size, 0) ? -errno : 0;
}

int sys_openat2_beneath(int dir, const char *path, int flags)
{
	struct open_how how = {.flags = flags,
			       .resolve = RESOLVE_BENEATH |
					  RESOLVE_NO_SYMLINKS |
					  RESOLVE_NO_XDEV};
	long fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

uint64_t memory_pages(uint64_t size)
{
	return (size + 4095) / 4096 * 4096;
}

void console_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static unsigned int grants_of(const char *text)
{
	return (strstr(text, "devnodes") ? MANIFEST_GRANT_DEVNODES : 0) |
	       (strstr(text, "setid") ? MANIFEST_GRANT_SETID : 0) |
	       (strstr(text, "caps") ? MANIFEST_GRANT_CAPS : 0);
}

int main(int argc, char **argv)
{
	static struct manifest_role role = {.n_overlays = 1};
	static struct boot b = {.role = &role};
	struct manifest_layer *m = b.manifest.layers;
	struct stat st;
	void *whole;
	int fd;

	if (argc != 7 || digest_unhex(text_span(argv[3]), m[0].digest) ||
	    text_u64(text_span(argv[4]), &m[1].unpacked) ||
	    text_u64(text_span(argv[5]), &m[1].inodes)) {
		fprintf(stderr,
			"usage: bootunpack FILE DIR BASE-DIGEST UNPACKED "
			"INODES GRANTS\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) || chroot(argv[2]) ||
	    chdir("/")) {
		perror("bootunpack");
		return 1;
	}
	whole = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (whole == MAP_FAILED) {
		perror("bootunpack");
		return 1;
	}
	digest_of(whole, st.st_size, m[1].digest);
	m[1].name = text_span("overlay");
	m[1].size = st.st_size;
	role.overlays[0] = 1;
	role.grants = grants_of(argv[6]);
	b.layers.m[0] = &m[1];
	b.layers.files[0] = fd;
	snprintf(b.layers.names[0], sizeof(b.layers.names[0]), "overlay");
	if (!unpack_start(&b, 0) && !unpack_overlays(&b))
		return 0;
	fprintf(stderr, "%s: %s\n", code_name(b.error.code), b.error.text);
	return 1;
}

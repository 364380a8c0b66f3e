// SPDX-License-Identifier: MIT
/* ext4.c - mke2fs and debugfs at an offset. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ext4.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"
#include "scratch.h"

#define BLOCK "4096"

/* Pinned: GRUB 2.06 refuses what newer defaults bring (orphan_file,
 * metadata_csum_seed), and a default would change with the host. Without
 * metadata_csum: a superblock torn by a power cut would be wrong under it. */
static const char features[] =
	"none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,"
	"64bit,flex_bg,sparse_super,large_file,huge_file,dir_nlink,"
	"extra_isize";

static char *fake_time(const struct ext4 *fs)
{
	return xasprintf("E2FSPROGS_FAKE_TIME=%llu",
			 (unsigned long long)fs->time);
}

/* Run @argv; what it said on standard error, malloc-ed. */
static char *run(const struct ext4 *fs, const char *const *argv, int *status)
{
	char *now = fake_time(fs), *said;
	const char *const env[] = {now, "MKE2FS_CONFIG=/dev/null", NULL};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), err[2], ret;
	struct spawn s = {.argv = argv, .env = env, .in = -1, .out = null};

	if (null < 0 || pipe2(err, O_CLOEXEC))
		die("pipe:");
	s.err = err[1];
	ret = spawn_start(&s);
	close(err[1]);
	if (ret) {
		errno = -ret;
		die("%s: cannot start (Debian package e2fsprogs):", argv[0]);
	}
	said = spawn_tail(err[0], -1, 8);
	close(err[0]);
	close(null);
	*status = spawn_wait(&s);
	free(now);
	return said;
}

void ext4_make(struct ext4 *fs)
{
	char *extended =
		xasprintf("offset=%llu,nodiscard,lazy_itable_init=1,"
			  "hash_seed=%s",
			  (unsigned long long)fs->offset, fs->hash_seed);
	char *blocks = xasprintf("%llu", (unsigned long long)fs->size / 4096);
	const char *const argv[] = {
		"mke2fs", "-q", "-F",	  "-b",	     BLOCK,  "-I",     "256",
		"-m",	  "0",	"-L",	  fs->label, "-U",   fs->uuid, "-O",
		features, "-E", extended, fs->path,  blocks, NULL};
	int status;
	char *said = run(fs, argv, &status);

	if (status)
		die("%s: %s: mke2fs: %s", fs->path, fs->label, said);
	free(said);
	free(blocks);
	free(extended);
}

static FILE *script(struct ext4 *fs)
{
	if (!fs->script)
		fs->script = open_memstream(&fs->text, &fs->text_size);
	if (!fs->script)
		die("memory:");
	return fs->script;
}

void ext4_dir(struct ext4 *fs, const char *dir)
{
	fprintf(script(fs), "mkdir \"%s\"\n", dir);
}

void ext4_file(struct ext4 *fs, const char *from, const char *to)
{
	const char *slash = strrchr(to, '/');

	/* debugfs reads lines, and knows no escapes; it takes a target for a
	 * name in its working directory */
	if (strpbrk(from, "\"\n"))
		die("%s: a quote or a line's end in its name", from);
	fprintf(script(fs),
		"cd \"%.*s/\"\nwrite \"%s\" \"%s\"\n"
		"set_inode_field \"%s\" mode 0100644\n",
		(int)(slash - to), to, from, slash + 1, to);
}

/* debugfs ends with 0 whatever went wrong, but says so. */
static const char *complaint(char *said)
{
	char *line, *save;

	for (line = strtok_r(said, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (strncmp(line, "debugfs 1.", 10))
			return line;
	return NULL;
}

static char *device(const struct ext4 *fs)
{
	return xasprintf("%s?offset=%llu", fs->path,
			 (unsigned long long)fs->offset);
}

void ext4_write(struct ext4 *fs)
{
	char *dev = device(fs), *name, *said;
	const char *why;
	int status;

	if (!fs->script || fclose(fs->script))
		die("memory:");
	fs->script = NULL;
	name = scratch_file(fs->text, fs->text_size);
	said = run(
		fs,
		(const char *const[]){"debugfs", "-w", "-f", name, dev, NULL},
		&status);
	why = complaint(said);
	if (status || why)
		die("%s: %s: debugfs: %s", fs->path, fs->label,
		    why ? why : "failed");
	scratch_drop(name);
	free(fs->text);
	fs->text = NULL;
	free(said);
	free(dev);
}

void ext4_check(const struct ext4 *fs, const char *to,
		const char hex[DIGEST_HEX + 1])
{
	char *dev = device(fs), *cat = xasprintf("cat \"%s\"", to);
	const char *const argv[] = {"debugfs", "-R", cat, dev, NULL};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), out[2];
	struct spawn s = {.argv = argv, .in = -1, .err = null};
	static uint8_t buf[1 << 16];
	char got[DIGEST_HEX + 1];
	uint8_t digest[DIGEST_SIZE];
	struct digest_ctx ctx;
	ssize_t n;

	if (null < 0 || pipe2(out, O_CLOEXEC))
		die("pipe:");
	s.out = out[1];
	if (spawn_start(&s))
		die("debugfs: cannot start (Debian package e2fsprogs)");
	close(out[1]);
	close(null);
	digest_init(&ctx);
	while ((n = read(out[0], buf, sizeof(buf))) > 0)
		digest_update(&ctx, buf, n);
	close(out[0]);
	spawn_wait(&s);
	digest_final(&ctx, digest);
	digest_hex(digest, got);
	if (strcmp(got, hex))
		die("%s: %s: %s: read back wrong (expected %.12s, got %.12s); is the disk broken?",
		    fs->path, fs->label, to, hex, got);
	free(cat);
	free(dev);
}

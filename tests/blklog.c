// SPDX-License-Identifier: MIT
/*
 * blklog.c - what a file system writes to its disk, and what a power cut leaves
 * of it.
 *
 * blklog serve DIR IMAGE LOG
 *	mounts a FUSE file system on DIR with one file, "disk", which is IMAGE;
 *	each write goes to LOG as well, and so does each flush (fsync). A loop
 *	device over "disk" turns its requests into these. Says "ready"; ends
 *	when DIR is unmounted.
 * blklog count LOG
 *	writes and flushes
 * blklog cut IMAGE LOG SEED [LAST]
 *	IMAGE, as it was before, becomes a disk that lost power: at a record of
 *	LOG that SEED chooses, half the time one beside a flush. All before the
 *	last flush is there, of what came behind it any set of sectors is.
 *	LAST: one of the last so many records only.
 * blklog flush IMAGE LOG N
 *	the same at its Nth flush, from 0: all before it is there, and no more
 *
 * A record of LOG: offset (8 bytes), length (4; 0: a flush), the data.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR	 512
#define FILE_ID	 2
#define WRITE_IO (128u << 10)

static int image, log_fd, fuse;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void note(uint64_t at, uint32_t len, const void *p)
{
	if (write(log_fd, &at, 8) != 8 || write(log_fd, &len, 4) != 4 ||
	    write(log_fd, p, len) != (ssize_t)len)
		die("log");
}

static void reply(uint64_t unique, int err, const void *p, size_t n)
{
	static char buf[WRITE_IO + 4096];
	struct fuse_out_header h = {
		.len = sizeof(h) + n, .error = err, .unique = unique};

	memcpy(buf, &h, sizeof(h));
	if (n)
		memcpy(buf + sizeof(h), p, n);
	if (write(fuse, buf, h.len) < 0 && errno != ENOENT)
		die("reply");
}

static struct fuse_attr attr_of(uint64_t node)
{
	struct fuse_attr a = {.ino = node, .nlink = 1, .blksize = 4096};
	struct stat st;

	a.mode = node == FILE_ID ? S_IFREG | 0600 : S_IFDIR | 0700;
	if (node == FILE_ID && !fstat(image, &st))
		a.size = st.st_size;
	return a;
}

static void lookup(uint64_t unique, const char *name)
{
	struct fuse_entry_out e = {.nodeid = FILE_ID,
				   .attr_valid = 60,
				   .entry_valid = 60,
				   .attr = attr_of(FILE_ID)};

	if (strcmp(name, "disk"))
		reply(unique, -ENOENT, NULL, 0);
	else
		reply(unique, 0, &e, sizeof(e));
}

static void do_read(uint64_t unique, const struct fuse_read_in *in)
{
	static char buf[WRITE_IO];
	size_t want = in->size < sizeof(buf) ? in->size : sizeof(buf);
	ssize_t n = pread(image, buf, want, (off_t)in->offset);

	reply(unique, n < 0 ? -errno : 0, buf, n < 0 ? 0 : (size_t)n);
}

static void do_write(uint64_t unique, const struct fuse_write_in *in)
{
	struct fuse_write_out out = {.size = in->size};

	if (pwrite(image, in + 1, in->size, (off_t)in->offset) !=
	    (ssize_t)in->size)
		die("image");
	note(in->offset, in->size, in + 1);
	reply(unique, 0, &out, sizeof(out));
}

static void handle(const struct fuse_in_header *h)
{
	const void *in = h + 1;
	struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION,
				     .minor = 31,
				     .max_readahead = WRITE_IO,
				     .max_background = 16,
				     .congestion_threshold = 12,
				     .max_write = WRITE_IO,
				     .flags = FUSE_BIG_WRITES};
	struct fuse_attr_out attr = {.attr_valid = 60,
				     .attr = attr_of(h->nodeid)};
	struct fuse_open_out open = {.fh = 1};
	struct fuse_statfs_out stat = {.st = {.bsize = 4096}};

	switch (h->opcode) {
	case FUSE_INIT:
		return reply(h->unique, 0, &init, sizeof(init));
	case FUSE_LOOKUP:
		return lookup(h->unique, in);
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		return reply(h->unique, 0, &attr, sizeof(attr));
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		return reply(h->unique, 0, &open, sizeof(open));
	case FUSE_READ:
		return do_read(h->unique, in);
	case FUSE_WRITE:
		return do_write(h->unique, in);
	case FUSE_FSYNC:
		note(0, 0, NULL);
		return reply(h->unique, 0, NULL, 0);
	case FUSE_STATFS:
		return reply(h->unique, 0, &stat, sizeof(stat));
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		return reply(h->unique, 0, NULL, 0);
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;
	default:
		return reply(h->unique, -ENOSYS, NULL, 0);
	}
}

static int serve(const char *dir, const char *image_path, const char *log)
{
	static char buf[WRITE_IO + 8192] __attribute__((aligned(8)));
	char options[128];
	ssize_t n;

	image = open(image_path, O_RDWR);
	log_fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	fuse = open("/dev/fuse", O_RDWR);
	if (image < 0 || log_fd < 0 || fuse < 0)
		die("open");
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	if (mount("blklog", dir, "fuse", MS_NOSUID | MS_NODEV, options))
		die("mount");
	puts("ready");
	fflush(stdout);
	for (;;) {
		n = read(fuse, buf, sizeof(buf));
		if (n < 0 && errno == ENODEV)
			return 0;
		if (n < 0 && errno != EINTR && errno != ENOENT)
			die("fuse");
		if (n >= (ssize_t)sizeof(struct fuse_in_header))
			handle((const void *)buf);
	}
}

struct record {
	uint64_t at;
	uint32_t len;
	uint8_t *p;
};

static struct record *records;
static size_t n_records;

static void load(const char *path)
{
	FILE *f = fopen(path, "r");
	struct record r;

	if (!f)
		die(path);
	while (fread(&r.at, 8, 1, f) == 1 && fread(&r.len, 4, 1, f) == 1) {
		r.p = malloc(r.len + 1);
		records = realloc(records, (n_records + 1) * sizeof(r));
		if (!r.p || !records || fread(r.p, 1, r.len, f) != r.len)
			die(path);
		records[n_records++] = r;
	}
	fclose(f);
}

/* splitmix64: the same on every machine */
static uint64_t next(uint64_t *s)
{
	uint64_t z = *s += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void put(int fd, const struct record *r, uint32_t from, uint32_t n)
{
	if (pwrite(fd, r->p + from, n, (off_t)(r->at + from)) != (ssize_t)n)
		die("cut");
}

static size_t choose(uint64_t *seed, size_t last)
{
	size_t at, i;

	if (last > n_records)
		last = n_records;
	at = n_records - last + next(seed) % (last + 1);

	if (next(seed) & 1)
		return at;
	for (i = at; i < n_records && records[i].len; i++)
		;
	/* on either side of that flush */
	return i + (i < n_records ? next(seed) & 1 : 0);
}

/* What has not been flushed: all, none, or each sector with even odds. */
static void lose(int fd, const struct record *r, uint64_t *seed, unsigned mode)
{
	uint32_t at, n;

	for (at = 0; at < r->len; at += n) {
		n = r->len - at < SECTOR ? r->len - at : SECTOR;
		if (mode == 0 || (mode > 1 && next(seed) & 1))
			put(fd, r, at, n);
	}
}

static int cut(const char *path, uint64_t seed, size_t last)
{
	int fd = open(path, O_WRONLY);
	size_t at, i, flushed = 0;
	unsigned mode;

	if (fd < 0)
		die(path);
	at = choose(&seed, last);
	mode = next(&seed) % 4;
	for (i = 0; i < at; i++)
		if (!records[i].len)
			flushed = i;
	for (i = 0; i < at; i++) {
		if (i < flushed)
			put(fd, &records[i], 0, records[i].len);
		else
			lose(fd, &records[i], &seed, mode);
	}
	close(fd);
	printf("record %zu of %zu, flushed %zu, mode %u\n", at, n_records,
	       flushed, mode);
	return 0;
}

static int at_flush(const char *path, uint64_t n)
{
	int fd = open(path, O_WRONLY);
	size_t i;

	if (fd < 0)
		die(path);
	for (i = 0; i < n_records; i++) {
		if (!records[i].len && !n--)
			break;
		put(fd, &records[i], 0, records[i].len);
	}
	close(fd);
	printf("record %zu of %zu\n", i, n_records);
	return i == n_records;
}

int main(int argc, char **argv)
{
	size_t i, flushes = 0;

	if (argc == 5 && !strcmp(argv[1], "serve"))
		return serve(argv[2], argv[3], argv[4]);
	if (argc < 3)
		return 2;
	load(argv[argc >= 5 ? 3 : 2]);
	if (argc >= 5 && !strcmp(argv[1], "cut"))
		return cut(argv[2], strtoull(argv[4], NULL, 10),
			   argc > 5 ? strtoull(argv[5], NULL, 10) : n_records);
	if (argc == 5 && !strcmp(argv[1], "flush"))
		return at_flush(argv[2], strtoull(argv[4], NULL, 10));
	for (i = 0; i < n_records; i++)
		flushes += !records[i].len;
	printf("%zu writes, %zu flushes\n", n_records - flushes, flushes);
	return 0;
}

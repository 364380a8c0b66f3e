// SPDX-License-Identifier: MIT
/*
 * testinit.c - the real init of the test base: says what it finds after
 * switch_root, one fact a line, "BOOT-OK" last, and powers off.
 *
 * Facts are for the rows to compare; BOOT-OK means that what must hold after
 * every good boot does: the root is an overlay, nothing but 0, 1 and 2 is
 * open, the initramfs is gone, /run/slipway is there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define OVERLAYFS_MAGIC 0x794c7630

static int bad;

static void check(int good, const char *what)
{
	if (!good) {
		printf("TEST-BAD %s\n", what);
		bad = 1;
	}
}

static int exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

static void show_file(const char *path)
{
	char buf[128];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	if (n >= 0) {
		buf[n] = '\0';
		buf[strcspn(buf, "\n")] = '\0';
		printf("FACT %s %s\n", path, buf);
	} else {
		printf("FACT %s absent\n", path);
	}
	if (fd >= 0)
		close(fd);
}

/* of all bytes, for a boot that only seems to be a good one */
static void show_sum(const char *path)
{
	static unsigned char buf[64 << 10];
	unsigned long long h = 14695981039346656037ull, total = 0;
	int fd = open(path, O_RDONLY);
	ssize_t n;

	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			h = (h ^ buf[i]) * 1099511628211ull;
		total += n;
	}
	if (fd >= 0)
		close(fd);
	printf("FACT sum %s %016llx of %llu\n", path, h, total);
}

static void show_stat(const char *path)
{
	struct stat st;

	if (!lstat(path, &st))
		printf("FACT stat %s %o %d:%d links %d size %ld time %ld\n",
		       path, (unsigned int)st.st_mode, (int)st.st_uid,
		       (int)st.st_gid, (int)st.st_nlink, (long)st.st_size,
		       (long)st.st_mtime);
}

static void check_fds(void)
{
	struct dirent *d;
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && (d = readdir(dir)))
		if (d->d_name[0] != '.')
			n++;
	if (dir)
		closedir(dir);
	/* 0, 1, 2 and the directory itself */
	check(n == 4, "descriptors left open");
}

static void show_report(void)
{
	static char text[65536];
	FILE *f = fopen("/run/slipway/report.json", "r");
	size_t n = f ? fread(text, 1, sizeof(text), f) : 0;

	if (f)
		fclose(f);
	printf("REPORT %.*s\n", (int)n, text);
}

/* Reports that nobody has taken within three seconds. */
static void show_outbox(void)
{
	struct dirent *d;
	int left = 0, i;
	DIR *dir;

	for (i = 0; i < 60 && (!i || left); i++) {
		usleep(i ? 50000 : 0);
		dir = opendir("/run/slipway/outbox");
		if (!dir) {
			puts("FACT outbox absent");
			return;
		}
		left = 0;
		while ((d = readdir(dir)))
			left += d->d_name[0] != '.';
		closedir(dir);
	}
	printf("FACT outbox %s\n", left ? "kept" : "empty");
}

/* slipway-report, where the base has one, as a person would call it. */
static void show_chart(void)
{
	static const char prog[] = "/usr/bin/slipway-report";
	int status = 0;
	pid_t pid;

	if (!exists(prog))
		return;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		execl(prog, prog, NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	check(pid > 0 && !status, "slipway-report failed");
}

/* A root on a disk keeps it through the power off that follows. */
static void check_written(void)
{
	int fd;

	check(!mkdir("/written", 0755) || errno == EEXIST, "root not writable");
	fd = open("/written", O_RDONLY | O_DIRECTORY);
	check(fd >= 0 && !fsync(fd), "/written is not kept");
	close(fd);
}

int main(int argc, char **argv)
{
	static const char *const files[] = {"/etc/role",    "/etc/base-file",
					    "/etc/deleted", "/opq/new",
					    "/opq/old",	    "/etc/second", "/run/slipway/answer"};
	static const char *const stats[] = {"/etc/hard1", "/etc/hard2",
					    "/usr/bin/setuid", "/etc/sparse",
					    "/etc/link"};
	struct statfs sfs;
	unsigned int i;

	check(getpid() == 1, "not PID 1");
	check(!statfs("/", &sfs) && sfs.f_type == OVERLAYFS_MAGIC,
	      "root is no overlay");
	check_fds();
	check(!exists("/pwned"), "/pwned is there");
	check(!exists("/init"), "initramfs still shows");
	check(exists("/run/slipway/report.json"), "no report.json");
	check(exists("/run/slipway/manifest"), "no manifest");
	check(exists("/run/slipway/root.der"), "no root.der");
	check(exists("/run/slipway/cmdline"), "no cmdline");
	check(exists("/proc/self/status"), "no /proc");
	check_written();
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		show_file(files[i]);
	for (i = 0; i < sizeof(stats) / sizeof(stats[0]); i++)
		show_stat(stats[i]);
	show_sum("/etc/noise");
	show_report();
	show_outbox();
	show_chart();
	puts(bad ? "TEST-FAILED" : "BOOT-OK");
	fflush(stdout);
	reboot(LINUX_REBOOT_CMD_POWER_OFF, NULL);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* clean.c - the list of what does not stay in a base, and what it gets. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/site.h"
#include "clean.h"
#include "debs.h"

#define RESOLV	  "/etc/resolv.conf"
#define UNITS	  "/usr/lib/systemd/system"
#define KEYS_UNIT "slipway-ssh-keys.service"
#define SMALL_MAX (64u << 10)

static const char *const patterns[] = {
	DEBS_CONF,
	/* the base's kernel gets our initrd */
	"/boot/initrd.img*",
	"/initrd.img*",
	/* diaries, and backups of lists */
	"/var/log/*.log",
	"/var/log/apt/*",
	"/var/log/journal/*",
	"/var/cache/debconf/*-old",
	"/var/lib/dpkg/*-old",
	"/var/backups/*",
	"/etc/passwd-",
	"/etc/group-",
	"/etc/shadow-",
	"/etc/gshadow-",
	"/etc/subuid-",
	"/etc/subgid-",
	"/etc/.pwd.lock",
	/* caches that differ from build to build */
	"/var/cache/fontconfig/*",
	"/var/cache/ldconfig/aux-cache",
	"/var/cache/man/*",
	/* what must be a machine's own */
	"/etc/ssh/ssh_host_*",
	"/etc/iscsi/initiatorname.iscsi",
	"/etc/nvme/hostid",
	"/etc/nvme/hostnqn",
	"/var/lib/dbus/machine-id",
	"/var/lib/systemd/credential.secret",
	"/var/lib/systemd/random-seed",
	"/root/.bash_history",
	"/root/.cache",
	"/var/tmp/*",
};

static const char hosts[] = "127.0.0.1\tlocalhost\n"
			    "::1\t\tlocalhost ip6-localhost ip6-loopback\n";

/* Debian makes host keys when the package is installed, so every machine of a
 * base would share them. */
static const char keys_unit[] =
	"[Unit]\n"
	"Description=Make the SSH host keys of this machine\n"
	"ConditionPathExists=/usr/bin/ssh-keygen\n"
	"ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key\n"
	"Before=ssh.service sshd.service sshd@.service\n"
	"\n"
	"[Service]\n"
	"Type=oneshot\n"
	"RemainAfterExit=yes\n"
	"ExecStart=/usr/bin/ssh-keygen -A\n";

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	if (remove(path))
		die("%s: cannot remove:", path);
	return 0;
}

static void remove_all(const char *pattern)
{
	glob_t g;

	if (glob(pattern, 0, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++)
		nftw(g.gl_pathv[i], remove_one, 16,
		     FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	globfree(&g);
}

void clean_before(const char *root)
{
	char *path = xasprintf("%s/etc/hostname", root);

	if (unlink(path) && errno != ENOENT)
		die("%s:", path);
	free(path);
}

static void want_keys_unit(const char *by)
{
	char *dir = xasprintf(UNITS "/%s.wants", by);
	char *path = xasprintf("%s/" KEYS_UNIT, dir);

	site_mkdirs(dir);
	if (symlink("../" KEYS_UNIT, path) && errno != EEXIST)
		die("%s:", path);
	free(path);
	free(dir);
}

static void add_keys_unit(void)
{
	if (access(UNITS "/basic.target", F_OK))
		return;
	outfile_put(UNITS "/" KEYS_UNIT, 0644, keys_unit,
		    sizeof(keys_unit) - 1);
	want_keys_unit("ssh.service");
	want_keys_unit("ssh.socket");
}

/* Hooks needed the build machine's resolver; the booted one has its own. */
static void drop_resolver(const char *here)
{
	struct stat st;
	char *there;

	if (lstat(RESOLV, &st) || !S_ISREG(st.st_mode))
		return;
	there = outfile_slurp(RESOLV, SMALL_MAX, NULL);
	if (there && here && !strcmp(there, here) && unlink(RESOLV))
		die("%s:", RESOLV);
	free(there);
}

void clean_after(const char *root)
{
	char *resolver = outfile_slurp(RESOLV, SMALL_MAX, NULL);

	/* from here on no symlink leads out */
	if (chroot(root) || chdir("/"))
		die("%s: chroot:", root);
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		remove_all(patterns[i]);
	drop_resolver(resolver);
	if (access("/etc/hosts", F_OK))
		outfile_put("/etc/hosts", 0644, hosts, sizeof(hosts) - 1);
	add_keys_unit();
	free(resolver);
}

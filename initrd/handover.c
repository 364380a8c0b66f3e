// SPDX-License-Identifier: MIT
/*
 * handover.c - what the booted system needs to go on where /init stops: the
 * address stays on the link, and systemd-networkd is told that it is right,
 * so there is no second DHCP exchange and no flap.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "boot.h"
#include "console.h"
#include "dhcp.h"
#include "file.h"
#include "sys.h"

#define NETWORK_DIR "/run/systemd/network"
#define RESOLV	    BOOT_FACTS "/resolv.conf"
#define TEXT_MAX    2048

static int put_file(struct boot *b, const char *path, struct text_out *o)
{
	int n = text_put_end(o);

	if (n >= 0)
		n = file_write(path, o->buf, n, 0644);
	if (n < 0)
		return fetch_fail(&b->error, CODE_SYS, "%s: %s", path,
				  strerror(-n));
	return 0;
}

static bool has(int root, const char *path)
{
	int fd = sys_openat2_in_root(root, path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static void put_ip(struct text_out *o, const char *before, uint32_t addr,
		   const char *after)
{
	char text[16];

	lease_ipv4_print(text, addr);
	text_put_str(o, before);
	text_put_str(o, text);
	text_put_str(o, after);
}

static int write_network(struct boot *b)
{
	char buf[TEXT_MAX], path[64 + sizeof(b->lease.ifname)];
	struct text_out o = {.buf = buf, .size = sizeof(buf)};
	const struct lease *l = &b->lease;

	/* by MAC: udev may rename the link once the system runs */
	text_put_str(&o, "[Match]\nMACAddress=");
	text_put_str(&o, b->machine.mac);
	text_put_str(&o, "\nType=ether\n\n[Network]\nKeepConfiguration=yes\n"
			 "DHCP=no\n");
	put_ip(&o, "Address=", l->addr, "/");
	text_put_u64(&o, l->prefix);
	text_put_str(&o, "\n");
	if (l->router)
		put_ip(&o, "Gateway=", l->router, "\n");
	for (unsigned int i = 0; i < l->n_dns; i++)
		put_ip(&o, "DNS=", l->dns[i], "\n");
	if (l->domain[0]) {
		text_put_str(&o, "Domains=");
		text_put_str(&o, l->domain);
		text_put_str(&o, "\n");
	}
	mkdir("/run/systemd", 0755);
	mkdir(NETWORK_DIR, 0755);
	snprintf(path, sizeof(path), NETWORK_DIR "/10-slipway-%s.network",
		 l->ifname);
	return put_file(b, path, &o);
}

static int write_resolv(struct boot *b)
{
	char buf[TEXT_MAX];
	struct text_out o = {.buf = buf, .size = sizeof(buf)};

	if (b->lease.domain[0]) {
		text_put_str(&o, "search ");
		text_put_str(&o, b->lease.domain);
		text_put_str(&o, "\n");
	}
	for (unsigned int i = 0; i < b->lease.n_dns; i++)
		put_ip(&o, "nameserver ", b->lease.dns[i], "\n");
	return put_file(b, RESOLV, &o);
}

/* Does the new root lack a resolver file that will ever work? */
static bool lacks_resolv(int root, int etc)
{
	bool dangling = !has(root, "etc/resolv.conf");
	struct stat st;

	if (fstatat(etc, "resolv.conf", &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT;
	if (S_ISREG(st.st_mode))
		return !st.st_size;
	/* its target appears when systemd-resolved starts */
	return S_ISLNK(st.st_mode) && dangling &&
	       !has(root, "usr/lib/systemd/systemd-resolved");
}

static void give_resolv(int root)
{
	char buf[TEXT_MAX];
	int etc, fd, n = file_read(RESOLV, buf, sizeof(buf));

	if (n <= 0)
		return;
	etc = sys_openat2_in_root(root, "etc",
				  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (etc < 0)
		return;
	if (lacks_resolv(root, etc)) {
		unlinkat(etc, "resolv.conf", 0);
		fd = openat(etc, "resolv.conf",
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
				    O_CLOEXEC,
			    0644);
		if (fd >= 0) {
			file_put(fd, buf, n);
			close(fd);
		}
	}
	close(etc);
}

static int hand_network(struct boot *b, int root)
{
	int ret = write_resolv(b);

	if (!ret && has(root, "usr/lib/systemd/systemd-networkd"))
		ret = write_network(b);
	if (ret)
		return ret;
	give_resolv(root);
	if (b->lease.hostname[0])
		sethostname(b->lease.hostname, strlen(b->lease.hostname));
	console_say("network handed over on %s", b->lease.ifname);
	return 0;
}

static void write_cmdline(const struct boot *b)
{
	char line[sizeof(b->cmdline) + 1];
	size_t n = strlen(b->cmdline);
	int ret;

	memcpy(line, b->cmdline, n);
	line[n] = '\n';
	ret = file_write(BOOT_FACTS "/cmdline", line, n + 1, 0644);
	if (ret)
		console_say("command line: not kept: %s", strerror(-ret));
}

int handover_write(struct boot *b)
{
	int root, ret = 0;

	/* SIGTERM ends udhcpc without a release: the address stays ours */
	dhcp_stop(b);
	write_cmdline(b);
	if (!b->has_lease)
		return 0;
	root = open(BOOT_NEW, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return fetch_fail(&b->error, CODE_SYS, "new root: %s",
				  strerror(errno));
	ret = hand_network(b, root);
	close(root);
	return ret;
}

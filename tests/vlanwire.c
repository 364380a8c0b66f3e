// SPDX-License-Identifier: MIT
/*
 * vlanwire.c - the ports of a switch that speak tagged frames, for kernels
 * without VLANs: vlanwire TAP VLAN LOCAL:REMOTE... makes the device TAP and
 * prints "up". A frame that a port sends (a UDP datagram from REMOTE to LOCAL,
 * as QEMU's -netdev socket does) with that tag comes out of TAP without it, any
 * other is dropped; what goes into TAP gets the tag and leaves on the port that
 * was heard last. (IEEE 802.1Q, 9.6)
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FRAME	  2048
#define PORTS_MAX 8
#define ADDRS	  12 /* both, before the type or the tag */
#define TAG	  4

static int tap(const char *name)
{
	struct ifreq r = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r)) {
		perror("vlanwire: tap");
		exit(1);
	}
	return fd;
}

static int port(const char *text)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned int local, remote;

	if (sscanf(text, "%u:%u", &local, &remote) != 2)
		exit(2);
	at.sin_port = htons((uint16_t)local);
	if (s < 0 || bind(s, (struct sockaddr *)&at, sizeof(at))) {
		perror("vlanwire: port");
		exit(1);
	}
	at.sin_port = htons((uint16_t)remote);
	if (connect(s, (struct sockaddr *)&at, sizeof(at))) {
		perror("vlanwire: port");
		exit(1);
	}
	return s;
}

/* Cut the tag out of a frame of @n bytes; false: not of this VLAN. */
static int strip(uint8_t *f, ssize_t n, unsigned int vlan)
{
	if (n < ADDRS + TAG + 2 || f[ADDRS] != 0x81 || f[ADDRS + 1] ||
	    ((f[ADDRS + 2] & 15u) << 8 | f[ADDRS + 3]) != vlan)
		return 0;
	memmove(f + ADDRS, f + ADDRS + TAG, (size_t)n - ADDRS - TAG);
	return 1;
}

static void tag(uint8_t *f, ssize_t n, unsigned int vlan)
{
	memmove(f + ADDRS + TAG, f + ADDRS, (size_t)n - ADDRS);
	f[ADDRS] = 0x81;
	f[ADDRS + 1] = 0;
	f[ADDRS + 2] = (uint8_t)(vlan >> 8);
	f[ADDRS + 3] = (uint8_t)vlan;
}

int main(int argc, char **argv)
{
	struct pollfd p[1 + PORTS_MAX] = {{0}};
	uint8_t f[FRAME + TAG];
	unsigned int vlan;
	int i, n = argc - 3, last = 1;
	ssize_t got;

	if (n < 1 || n > PORTS_MAX) {
		fprintf(stderr, "usage: vlanwire TAP VLAN LOCAL:REMOTE...\n");
		return 2;
	}
	vlan = (unsigned int)atoi(argv[2]);
	p[0] = (struct pollfd){tap(argv[1]), POLLIN, 0};
	for (i = 1; i <= n; i++)
		p[i] = (struct pollfd){port(argv[2 + i]), POLLIN, 0};
	puts("up");
	fflush(stdout);
	for (;;) {
		poll(p, 1 + (nfds_t)n, -1);
		got = p[0].revents ? read(p[0].fd, f, FRAME) : 0;
		if (got >= ADDRS + 2) {
			tag(f, got, vlan);
			(void)!send(p[last].fd, f, (size_t)got + TAG, 0);
		}
		for (i = 1; i <= n; i++) {
			got = p[i].revents
				      ? recv(p[i].fd, f, FRAME, MSG_DONTWAIT)
				      : 0;
			if (got <= 0 || !strip(f, got, vlan))
				continue;
			last = i;
			(void)!write(p[0].fd, f, (size_t)got - TAG);
		}
	}
}

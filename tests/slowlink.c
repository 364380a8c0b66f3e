// SPDX-License-Identifier: MIT
/*
 * slowlink.c - a wire that is far away: slowlink A B USEC makes the TAP
 * devices A and B, prints "up" and gives every frame of one to the other USEC
 * later. For kernels without netem.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define FRAMES 8192u /* 50 ms of 1 Gbit/s; a power of two */
#define FRAME  2048

struct frame {
	uint64_t due;
	size_t size;
	char data[FRAME];
};

/* Frames of one direction, in order. */
struct wire {
	int from, to;
	unsigned int in, out; /* counted without end */
	struct frame *ring;
};

static uint64_t delay_ns;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int tap(const char *name)
{
	struct ifreq r = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r)) {
		perror("slowlink: tap");
		exit(1);
	}
	return fd;
}

/* What has come; what finds no room stays in the device's queue. */
static void take(struct wire *w)
{
	struct frame *f;
	ssize_t n;

	while (w->in - w->out < FRAMES) {
		f = &w->ring[w->in % FRAMES];
		n = read(w->from, f->data, FRAME);
		if (n <= 0)
			return;
		f->size = (size_t)n;
		f->due = now_ns() + delay_ns;
		w->in++;
	}
}

/* What is due; returns when the next one is, or @idle. */
static uint64_t give(struct wire *w, uint64_t idle)
{
	const struct frame *f;

	while (w->in != w->out) {
		f = &w->ring[w->out % FRAMES];
		if (f->due > now_ns())
			return f->due < idle ? f->due : idle;
		/* a frame for a device that is down is lost, as on any wire */
		if (write(w->to, f->data, f->size) < 0 && errno == EAGAIN)
			return idle;
		w->out++;
	}
	return idle;
}

static void wait_for(const struct wire w[2], uint64_t until)
{
	struct pollfd p[2];
	uint64_t now = now_ns();
	struct timespec t = {0};
	int i;

	for (i = 0; i < 2; i++) {
		p[i].fd = w[i].in - w[i].out < FRAMES ? w[i].from : -1;
		p[i].events = POLLIN;
	}
	if (until > now) {
		t.tv_sec = (time_t)((until - now) / 1000000000u);
		t.tv_nsec = (long)((until - now) % 1000000000u);
	}
	ppoll(p, 2, &t, NULL);
}

int main(int argc, char **argv)
{
	struct wire w[2] = {0};
	uint64_t next;
	int i;

	if (argc != 4) {
		fprintf(stderr, "usage: slowlink A B USEC\n");
		return 2;
	}
	delay_ns = strtoull(argv[3], NULL, 10) * 1000;
	for (i = 0; i < 2; i++) {
		w[i].from = w[!i].to = tap(argv[1 + i]);
		w[i].ring = calloc(FRAMES, sizeof(struct frame));
		if (!w[i].ring) {
			perror("slowlink");
			return 1;
		}
	}
	puts("up");
	fflush(stdout);
	for (;;) {
		next = now_ns() + 100000000;
		for (i = 0; i < 2; i++) {
			take(&w[i]);
			next = give(&w[i], next);
		}
		wait_for(w, next);
	}
}

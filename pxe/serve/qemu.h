/* SPDX-License-Identifier: MIT */
/*
 * qemu.h - one virtual machine that boots from the network as a machine would,
 * its serial console on pipes.
 */
#ifndef SERVE_QEMU_H
#define SERVE_QEMU_H

#include <stdbool.h>

#include "host/spawn.h"

#define QEMU_FORWARDS_MAX 16
#define QEMU_TAPS_MAX	  16

struct qemu_forward {
	char addr[64];		/* of the host */
	unsigned int host, guest; /* ports */
};

struct qemu {
	unsigned int ram_mb, cpus;
	bool kvm, uefi;
	const char *bootfile;	/* URL as the guest sees it, without taps */
	const char *nic;	/* QEMU's name of the model of its cards */
	const char *mac;	/* of its first card, or NULL */
	const char *disk;	/* raw image of a local disk, or NULL */
	unsigned int n_taps;	/* its cards, on these interfaces */
	const char *taps[QEMU_TAPS_MAX];
	unsigned int n_forwards;
	struct qemu_forward forwards[QEMU_FORWARDS_MAX];
	bool input;		/* is anything typed to it? */
	int from, to;		/* set by qemu_start; to -1 without input */
	struct spawn spawn;
};

/*
 * qemu_forward - add "[ADDR:]HOST:GUEST"; ADDR is 127.0.0.1 without one, and
 * HOST 0 becomes a free port. Returns NULL, or what is wrong with it.
 */
const char *qemu_forward(struct qemu *q, const char *text);

/* qemu_firmware - die with the package's name if @q lacks its firmware. */
void qemu_firmware(const struct qemu *q);

/* qemu_start - dies when it cannot. */
void qemu_start(struct qemu *q);

/* qemu_stop - kill and reap it. qemu_end - wait for its own end; returns as
 * spawn_wait. */
void qemu_stop(struct qemu *q);
int qemu_end(struct qemu *q);

#endif

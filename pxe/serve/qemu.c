// SPDX-License-Identifier: MIT
/*
 * qemu.c - one virtual machine that boots from the network.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "qemu.h"

/* Any port that is free now; QEMU takes it a moment later. */
static unsigned int free_port(const char *addr)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	socklen_t len = sizeof(sa);
	unsigned int port = 0;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && inet_pton(AF_INET, addr, &sa.sin_addr) == 1 &&
	    !bind(fd, (struct sockaddr *)&sa, sizeof(sa)) &&
	    !getsockname(fd, (struct sockaddr *)&sa, &len))
		port = ntohs(sa.sin_port);
	if (fd >= 0)
		close(fd);
	return port;
}

static bool port_of(struct span s, unsigned int *port)
{
	uint64_t v;

	if (text_u64(s, &v) || v > 65535)
		return false;
	*port = v;
	return true;
}

const char *qemu_forward(struct qemu *q, const char *text)
{
	struct qemu_forward *f = &q->forwards[q->n_forwards];
	struct span rest = text_span(text), host, guest;
	struct in_addr in;
	const char *colon;

	if (q->n_forwards == QEMU_FORWARDS_MAX)
		return "too many";
	text_copy(f->addr, sizeof(f->addr), text_span("127.0.0.1"));
	colon = strchr(text, ':');
	if (colon && strchr(colon + 1, ':')) {
		text_cut(text_span(text), ':', &host, &rest);
		if (text_copy(f->addr, sizeof(f->addr), host) ||
		    inet_pton(AF_INET, f->addr, &in) != 1)
			return "the address is not an IPv4 one";
	}
	text_cut(rest, ':', &host, &guest);
	if (!port_of(host, &f->host) || !port_of(guest, &f->guest) || !f->guest)
		return "expected [ADDR:]HOST:GUEST, port numbers";
	if (!f->host)
		f->host = free_port(f->addr);
	if (!f->host)
		return "no free port";
	q->n_forwards++;
	return NULL;
}

static char *netdev(const struct qemu *q)
{
	char *text = xasprintf("user,id=n0,bootfile=%s", q->bootfile), *more;
	unsigned int i;

	for (i = 0; i < q->n_forwards; i++) {
		more = xasprintf("%s,hostfwd=tcp:%s:%u-:%u", text,
				 q->forwards[i].addr, q->forwards[i].host,
				 q->forwards[i].guest);
		free(text);
		text = more;
	}
	return text;
}

/* Debian 12 and 13 have these; the second is the machine's memory of them. */
static const char *const ovmf[] = {"/usr/share/OVMF/OVMF_CODE_4M.fd",
				   "/usr/share/OVMF/OVMF_VARS_4M.fd"};

#define ARGS_MAX 96

/* A command line that grows; its words are never freed. */
struct line {
	const char *argv[ARGS_MAX];
	size_t n;
};

static void put(struct line *l, const char *option, const char *value)
{
	if (l->n + 3 > ARGS_MAX)
		die("qemu: too many arguments");
	l->argv[l->n++] = option;
	if (value)
		l->argv[l->n++] = value;
}

/*
 * Firmware tries the cards in this order. QEMU's cards have iPXE in a ROM,
 * which stands for the firmware's own network boot with BIOS, where QEMU has
 * no other; UEFI brings its own.
 */
static void put_card(struct line *l, const struct qemu *q, unsigned int i,
		     char *net)
{
	put(l, "-netdev", net);
	put(l, "-device",
	    xasprintf("%s,netdev=n%u,bootindex=%u%s%s%s", q->nic, i, i,
		      q->uefi && q->n_taps ? ",romfile=" : "",
		      !i && q->mac ? ",mac=" : "",
		      !i && q->mac ? q->mac : ""));
}

static void put_net(struct line *l, const struct qemu *q)
{
	unsigned int i;

	if (!q->n_taps)
		put_card(l, q, 0, netdev(q));
	for (i = 0; i < q->n_taps; i++)
		put_card(l, q, i,
			 xasprintf("tap,id=n%u,ifname=%s,script=no,"
				   "downscript=no",
				   i, q->taps[i]));
}

/* What it writes to its memory is forgotten with the machine. */
static void put_uefi(struct line *l)
{
	put(l, "-drive",
	    xasprintf("if=pflash,format=raw,unit=0,readonly=on,file=%s",
		      ovmf[0]));
	put(l, "-drive",
	    xasprintf("if=pflash,format=raw,unit=1,snapshot=on,file=%s",
		      ovmf[1]));
}

/* graphics=off has the firmware and iPXE speak on the serial line; under TCG
 * AVX2 halves the speed of SHA-256, and with a thread for each processor QEMU
 * before 8.1 may run an int3 that the guest's kernel has patched away again,
 * which it dies of */
static void put_machine(struct line *l, const struct qemu *q)
{
	put(l, "qemu-system-x86_64", "-nodefaults");
	put(l, "-no-user-config", NULL);
	put(l, "-machine", "q35,graphics=off");
	put(l, "-accel", q->kvm ? "kvm" : "tcg,thread=single");
	put(l, "-cpu", q->kvm ? "host" : "max,-avx2");
	put(l, "-smp", xasprintf("%u", q->cpus));
	put(l, "-m", xasprintf("%u", q->ram_mb));
	put(l, "-display", "none");
	put(l, "-monitor", "none");
	put(l, "-serial", "stdio");
	put(l, "-no-reboot", NULL);
	put(l, "-device", "virtio-rng-pci");
}

void qemu_firmware(const struct qemu *q)
{
	unsigned int i;

	for (i = 0; q->uefi && i < ARRAY_SIZE(ovmf); i++)
		if (access(ovmf[i], R_OK))
			die("%s: not installed; apt-get install ovmf", ovmf[i]);
}

void qemu_start(struct qemu *q)
{
	int in[2] = {-1, -1}, out[2], err;
	struct line l = {.n = 0};

	put_machine(&l, q);
	if (q->uefi)
		put_uefi(&l);
	put_net(&l, q);
	if (q->disk) {
		put(&l, "-drive",
		    xasprintf("if=none,id=d0,format=raw,file=%s", q->disk));
		put(&l, "-device", "virtio-blk-pci,drive=d0");
	}
	if ((q->input && pipe2(in, O_CLOEXEC)) || pipe2(out, O_CLOEXEC))
		die("pipe:");
	q->spawn = (struct spawn){
		.argv = l.argv, .in = in[0], .out = out[1], .err = -1};
	err = spawn_start(&q->spawn);
	q->spawn.argv = NULL;
	if (err) {
		errno = -err;
		die("qemu-system-x86_64: cannot start:");
	}
	if (q->input)
		close(in[0]);
	close(out[1]);
	q->from = out[0];
	q->to = in[1];
}

void qemu_stop(struct qemu *q)
{
	if (q->spawn.pid > 0) {
		kill(q->spawn.pid, SIGKILL);
		spawn_wait(&q->spawn);
	}
}

int qemu_end(struct qemu *q)
{
	return spawn_wait(&q->spawn);
}

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

void qemu_start(struct qemu *q)
{
	char *net = netdev(q), *ram = xasprintf("%u", q->ram_mb);
	char *cpus = xasprintf("%u", q->cpus);
	/* graphics=off has the firmware and iPXE speak on the serial line;
	 * under TCG AVX2 halves the speed of SHA-256 */
	const char *const argv[] = {"qemu-system-x86_64",
				    "-nodefaults",
				    "-no-user-config",
				    "-machine",
				    "q35,graphics=off",
				    "-accel",
				    q->kvm ? "kvm" : "tcg,thread=multi",
				    "-cpu",
				    q->kvm ? "host" : "max,-avx2",
				    "-smp",
				    cpus,
				    "-m",
				    ram,
				    "-display",
				    "none",
				    "-monitor",
				    "none",
				    "-serial",
				    "stdio",
				    "-no-reboot",
				    "-netdev",
				    net,
				    "-device",
				    "virtio-net-pci,netdev=n0,bootindex=0",
				    "-device",
				    "virtio-rng-pci",
				    NULL};
	int in[2] = {-1, -1}, out[2], err;

	if ((q->input && pipe2(in, O_CLOEXEC)) || pipe2(out, O_CLOEXEC))
		die("pipe:");
	q->spawn = (struct spawn){
		.argv = argv, .in = in[0], .out = out[1], .err = -1};
	err = spawn_start(&q->spawn);
	if (err) {
		errno = -err;
		die("qemu-system-x86_64: cannot start:");
	}
	if (q->input)
		close(in[0]);
	close(out[1]);
	q->from = out[0];
	q->to = in[1];
	free(cpus);
	free(ram);
	free(net);
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

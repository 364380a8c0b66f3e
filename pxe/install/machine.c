// SPDX-License-Identifier: MIT
/* machine.c - what this machine is called, and which release it runs. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/bootargs.h"
#include "host/alloc.h"
#include "host/outfile.h"
#include "machine.h"

#define RELEASES "/slipway/releases/"

/* The first line of a small file; "" when there is none, or it is no name. */
static void read_id(const char *path, char *out, size_t size)
{
	size_t n;
	char *text = outfile_slurp(path, 4096, &n);
	struct span line = {text, text ? strcspn(text, "\n") : 0};

	if (!text || !text_printable(line) || text_copy(out, size, line))
		out[0] = '\0';
	free(text);
}

/* The lowest MAC of a real card: names move, addresses do not. */
static void read_mac(const char *sys, char mac[18])
{
	char one[18], *path = xasprintf("%s/class/net", sys);
	DIR *d = opendir(path);
	struct dirent *e;
	FILE *f;

	free(path);
	while (d && (e = readdir(d))) {
		path = xasprintf("%s/class/net/%s/device/uevent", sys,
				 e->d_name);
		f = fopen(path, "re");
		free(path);
		if (!f)
			continue;
		fclose(f);
		path = xasprintf("%s/class/net/%s/address", sys, e->d_name);
		read_id(path, one, sizeof(one));
		free(path);
		if (strlen(one) == 17 && (!mac[0] || strcmp(one, mac) < 0))
			memcpy(mac, one, sizeof(one));
	}
	if (d)
		closedir(d);
}

void machine_identity(struct manifest_machine *m)
{
	const char *sys = getenv("SLIPWAY_SYS");
	char *path;

	memset(m, 0, sizeof(*m));
	sys = sys ? sys : "/sys";
	read_mac(sys, m->mac);
	path = xasprintf("%s/class/dmi/id/product_uuid", sys);
	read_id(path, m->uuid, sizeof(m->uuid));
	free(path);
	path = xasprintf("%s/class/dmi/id/product_serial", sys);
	read_id(path, m->serial, sizeof(m->serial));
	free(path);
}

void machine_booted(struct machine_boot *b)
{
	const char *path = getenv("SLIPWAY_CMDLINE");
	struct span line = {0}, source, name, where;
	static struct bootargs args;
	size_t size;
	char *text = outfile_slurp(path ? path : "/proc/cmdline", 8192, &size);

	memset(b, 0, sizeof(*b));
	if (text)
		line = (struct span){text, strcspn(text, "\n")};
	if (!text || bootargs_parse(&args, line)) {
		free(text);
		return;
	}
	text_copy(b->channel, sizeof(b->channel), args.channel);
	source = args.source;
	if (text_strip(&source, "LABEL=")) {
		text_cut(source, ':', &name, &where);
		text_copy(b->label, sizeof(b->label), name);
		if (!where.p || !text_strip(&where, RELEASES) ||
		    text_u64(where, &b->serial))
			b->serial = 0;
	}
	free(text);
}

// SPDX-License-Identifier: MIT
/* machine.c - what this machine is called, and which release it runs. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
static void read_mac(char mac[18])
{
	DIR *d = opendir("/sys/class/net");
	struct dirent *e;
	char one[18], *path;
	FILE *f;

	while (d && (e = readdir(d))) {
		path = xasprintf("/sys/class/net/%s/device/uevent", e->d_name);
		f = fopen(path, "re");
		free(path);
		if (!f)
			continue;
		fclose(f);
		path = xasprintf("/sys/class/net/%s/address", e->d_name);
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
	memset(m, 0, sizeof(*m));
	read_mac(m->mac);
	read_id("/sys/class/dmi/id/product_uuid", m->uuid, sizeof(m->uuid));
	read_id("/sys/class/dmi/id/product_serial", m->serial,
		sizeof(m->serial));
}

void machine_booted(char label[MACHINE_LABEL], uint64_t *serial)
{
	const char *path = getenv("SLIPWAY_CMDLINE");
	size_t size;
	char *text = outfile_slurp(path ? path : "/proc/cmdline", 8192, &size);
	struct span rest = text_span(text ? text : ""), word, name, where;

	label[0] = '\0';
	*serial = 0;
	rest.n = strcspn(rest.p, "\n");
	while (text_field(&rest, &word)) {
		if (!text_strip(&word, "slipway.source=LABEL="))
			continue;
		text_cut(word, ':', &name, &where);
		text_copy(label, MACHINE_LABEL, name);
		if (!where.p || !text_strip(&where, RELEASES) ||
		    text_u64(where, serial))
			*serial = 0;
	}
	free(text);
}

// SPDX-License-Identifier: MIT
/*
 * fuzz-netconf.c - a file that names a NIC has its name in it somewhere, and
 * no comment, before or behind, makes a difference.
 */
#include "format/netconf.h"
#include "fuzz.h"

#define MORE "# eth0\n;iface eth0\n"

static const char ids[][20] = {"eth0", "52:54:00:12:34:56"};

static char low(char c)
{
	if (c == '-')
		return ':';
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static bool inside(struct span s, const char *id)
{
	size_t n = strlen(id), i, k;

	for (i = 0; i + n <= s.n; i++) {
		for (k = 0; k < n && low(s.p[i + k]) == id[k]; k++)
			;
		if (k == n)
			return true;
	}
	return false;
}

static bool names(enum netconf_kind kind, struct span text)
{
	return netconf_names(kind, text, ids, ARRAY_SIZE(ids));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data + 1, size ? size - 1 : 0};
	enum netconf_kind kind = size ? data[0] & 3 : 0;
	size_t n = sizeof(MORE) - 1;
	bool named;
	char *more, name[20];

	if (!size)
		return 0;
	named = names(kind, text);
	NEED(!named || inside(text, ids[0]) || inside(text, ids[1]));
	more = malloc(n + text.n + 1);
	NEED(more);
	memcpy(more, MORE, n);
	memcpy(more + n, text.p, text.n);
	NEED(names(kind, (struct span){more, n + text.n}) == named);
	free(more);
	netconf_sources(text);
	netconf_identifies(text);
	NEED(netconf_pci_name(text, data[0] & 4, data[0], name) ||
	     strlen(name) < sizeof(name));
	return 0;
}

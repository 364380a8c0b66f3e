// SPDX-License-Identifier: MIT
/*
 * identity.c - UUID and serial number as DMI has them. Firmware writes what it
 * likes: lower case, no blanks at the ends, nothing that does not print.
 */
#include "file.h"
#include "identity.h"

#define DMI "/sys/class/dmi/id/"

static void read_dmi(const char *path, char *out, size_t size, bool lower)
{
	char buf[256];
	int n = file_read_line(path, buf, sizeof(buf));

	out[0] = '\0';
	if (n <= 0 || (size_t)n >= size)
		return;
	for (int i = 0; i < n; i++) {
		char c = buf[i];

		if (c < 0x20 || c > 0x7e)
			return;
		if (lower && c >= 'A' && c <= 'Z')
			buf[i] = c + ('a' - 'A');
	}
	memcpy(out, buf, (size_t)n + 1);
}

void identity_read(struct manifest_machine *m)
{
	read_dmi(DMI "product_uuid", m->uuid, sizeof(m->uuid), true);
	read_dmi(DMI "product_serial", m->serial, sizeof(m->serial), false);
}

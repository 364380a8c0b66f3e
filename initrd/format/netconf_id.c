/* SPDX-License-Identifier: MIT */
/* netconf_id.c - names that follow from the machine, the same in each boot. */
#include "format/digest.h"
#include "format/netconf.h"

#define ID_BYTES 16
#define UUID_LEN (NETCONF_UUID_SIZE - 1)

/* What vendors leave in thousands of boards, besides one digit all through. */
static const char *const junk[] = {
	"03000200-0400-0500-0006-000700080009",
	"00020003-0004-0005-0006-000700080009",
	"12345678-1234-5678-90ab-cddeefaabbcc",
	"12345678-9012-3456-7890-abcdefabcdef",
	"11111111-2222-3333-4444-555555555555",
	"fefefefe-fefe-fefe-fefe-fefefefefefe",
	"01234567-8910-1112-1314-151617181920",
};

void netconf_id(struct span text, char out[NETCONF_ID_SIZE])
{
	uint8_t d[DIGEST_SIZE];
	char hex[DIGEST_HEX + 1];

	digest_of(text.p, text.n, d);
	d[6] = (d[6] & 0x0f) | 0x40;
	d[8] = (d[8] & 0x3f) | 0x80;
	digest_hex(d, hex);
	memcpy(out, hex, 2 * ID_BYTES);
	out[2 * ID_BYTES] = '\0';
}

static bool uuid_good(const char *uuid)
{
	bool same = true;

	if (strlen(uuid) != UUID_LEN)
		return false;
	for (int i = 0; i < UUID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		char c = uuid[i];

		if (dash ? c != '-'
			 : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		if (!dash && c != uuid[0])
			same = false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(junk); i++)
		if (!strcmp(uuid, junk[i]))
			return false;
	return !same;
}

static void id_of(const char *what, const char *value,
		  char out[NETCONF_ID_SIZE])
{
	char buf[96];
	struct text_out o = {.buf = buf, .size = sizeof(buf)};

	text_put_str(&o, "slipway ");
	text_put_str(&o, what);
	text_put_str(&o, value);
	netconf_id((struct span){buf, o.n}, out);
}

int netconf_machine_id(const char *uuid, const char *mac,
		       char out[NETCONF_ID_SIZE])
{
	if (uuid_good(uuid))
		id_of("machine-id uuid=", uuid, out);
	else if (*mac)
		id_of("machine-id mac=", mac, out);
	else
		return -ENOENT;
	return 0;
}

void netconf_uuid(const struct netconf *c, char out[NETCONF_UUID_SIZE])
{
	char id[NETCONF_ID_SIZE];
	int n = 0;

	id_of("connection mac=", c->mac, id);
	for (int i = 0; i < 2 * ID_BYTES; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			out[n++] = '-';
		out[n++] = id[i];
	}
	out[n] = '\0';
}

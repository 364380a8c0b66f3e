// SPDX-License-Identifier: MIT
/* goodmanifest.c - manifests of two bases, their overlays and all keys. */
#include <stdio.h>

#include "cases.h"
#include "format/manifest.h"
#include "goodinput.h"

#define OVERLAYS 3 /* of the first base; the second base has one */

struct digests {
	char base[2][65], overlay[OVERLAYS + 1][65];
};

static void hex(char out[65], struct rng *r)
{
	for (int i = 0; i < 64; i += 16)
		sprintf(out + i, "%016llx", (unsigned long long)rng_next(r));
}

static void layer(struct bytes *b, struct rng *r, const char *digest,
		  const char *base, int i)
{
	bytes_text(b, "layer %s %s size=%llu index=", base ? "overlay" : "base",
		   digest, (unsigned long long)rng_next(r) >> 20 | 1);
	case_add_digest(b, r);
	bytes_text(b, " index-size=%u name=%s%d", 60 + i,
		   base ? "over-" : "Debian_13.", i);
	if (base)
		bytes_text(b, " unpacked=%u inodes=%u base=%s", 4096 + i, 7 + i,
			   base);
	bytes_text(b, "\n");
}

static void head(struct bytes *b, struct rng *r)
{
	unsigned int serial = 400 + rng_below(r, 100);

	bytes_text(b, MANIFEST_MAGIC);
	bytes_text(b, "site fleet-%u\nepoch %u\nserial %u\n",
		   (unsigned int)rng_below(r, 10),
		   (unsigned int)rng_below(r, 4), serial);
	bytes_text(b, "created 1700000000\nexpires %s\nmin-init 2\n",
		   rng_below(r, 2) ? "0" : "1800000000");
	bytes_text(b, "floor %u\n", (unsigned int)rng_below(r, serial + 1));
	if (rng_below(r, 2))
		bytes_text(b, "channel beta\n");
}

static void tail(struct bytes *b, const struct digests *d, struct rng *r)
{
	bytes_text(b, "role web base=%s overlays=%s,%s grants=devnodes,setid\n",
		   d->base[0], d->overlay[0], d->overlay[1]);
	bytes_text(b, "role db base=%s overlays=%s\n", d->base[1],
		   d->overlay[OVERLAYS]);
	if (rng_below(r, 2))
		bytes_text(b, "role bare base=%s\n", d->base[0]);
	bytes_text(b, "image r7 role=web share=%u base=%s overlays=%s\n",
		   1 + (unsigned int)rng_below(r, 1000), d->base[0],
		   d->overlay[2]);
	bytes_text(b, "pin mac=52:54:00:*:01 role=web image=r7\n"
		      "pin serial=SN2 role=web image=-\n");
	bytes_text(b, "machine mac=52:54:00:*:[0-9a-f]? role=web\n"
		      "machine uuid=4c4c4544-* role=db\n"
		      "machine serial=SN?[!0]* role=web\ndefault web\n");
	bytes_text(b, "mirror http://a.example.net/{role}/x?y=1\n");
	if (rng_below(r, 2))
		bytes_text(b, "mirror http://[2001:db8::1]:8080/pub\n");
}

void good_manifest(struct bytes *b, uint64_t k, struct rng *r)
{
	struct digests d;
	int i;

	for (i = 0; i < 2; i++)
		hex(d.base[i], r);
	for (i = 0; i <= OVERLAYS; i++)
		hex(d.overlay[i], r);
	head(b, r);
	for (i = 0; i < 2; i++)
		layer(b, r, d.base[i], NULL, i);
	for (i = 0; i <= OVERLAYS; i++)
		layer(b, r, d.overlay[i], d.base[i == OVERLAYS], i);
	tail(b, &d, r);
}

// SPDX-License-Identifier: MIT
/*
 * ipxe.c - the parts that all iPXE scripts of a site share.
 */
#include <string.h>

#include "format/text.h"
#include "host/error.h"
#include "host/ipxe.h"

#define PAUSE_MAX_SEC	   30
#define TRIES_DEFAULT	   20
#define PROMPT_DEFAULT_SEC 2

/*
 * The card that the script came by is asked first. One that has an address
 * already may have been closed by iPXE's own autoboot, which opening undoes.
 */
static const char hunt[] = "isset ${tries} || set tries:int32 0\n"
			   "isset ${pause} || set pause:int32 0\n"
			   "isset ${nic} && goto hunt ||\n"
			   "set nic:int32 0\n"
			   "isset ${netX/mac} || goto hunt\n"
			   ":which\n"
			   "iseq ${net${nic}/mac} ${netX/mac} && goto hunt ||\n"
			   "inc nic\n"
			   "isset ${net${nic}/mac} && goto which ||\n"
			   "set nic:int32 0\n"
			   ":hunt\n"
			   "isset ${net${nic}/mac} || goto retry\n"
			   "ifopen net${nic} ||\n"
			   "isset ${net${nic}/ip} && goto online ||\n"
			   "echo slipway: asking for an address on net${nic}, "
			   "${net${nic}/mac}\n"
			   "ifconf net${nic} && goto online ||\n"
			   "inc nic\n"
			   "goto hunt\n"
			   ":online\n";

/*
 * The address goes, so that the next try asks for it again: iPXE renews no
 * lease. The link stays up.
 */
static const char offline[] = ":offline\n"
			      "echo slipway: nothing to boot over net${nic}, "
			      "${net${nic}/mac}\n"
			      "clear net${nic}.dhcp/ip ||\n"
			      "isset ${net1/mac} || goto retry\n"
			      "inc nic\n"
			      "goto hunt\n";

static const char disk[] =
	":disk\n"
	"echo slipway: booting from the local disk\n"
	"iseq ${platform} pcbios && sanboot --no-describe --drive 0x80 ||\n"
	"exit 1\n";

static unsigned int number(const struct ini *conf, const char *key,
			   unsigned int fallback, unsigned int max)
{
	const char *text = ini_get(conf, "boot", key);
	uint64_t v;

	if (!text)
		return fallback;
	if (text_u64(text_span(text), &v) || v > max)
		die("%s: [boot] %s = %s: expected 0 to %u", conf->path, key,
		    text, max);
	return v;
}

void ipxe_conf_read(struct ipxe_conf *c, const struct ini *conf)
{
	static const char *const keys[] = {"fallback", "tries", "prompt", NULL};
	static const char *const ways[] = {"retry", "disk", "reboot"};
	const char *way = ini_get(conf, "boot", "fallback");
	unsigned int i = 0;

	ini_known(conf, "boot", keys);
	while (way && i < ARRAY_SIZE(ways) && strcmp(way, ways[i]))
		i++;
	if (i == ARRAY_SIZE(ways))
		die("%s: [boot] fallback = %s: there are retry, disk, reboot",
		    conf->path, way);
	c->fallback = i;
	c->tries = number(conf, "tries", TRIES_DEFAULT, 10000);
	if (!c->tries)
		die("%s: [boot] tries = 0: expected 1 or more", conf->path);
	c->prompt_ms = 1000 * number(conf, "prompt", PROMPT_DEFAULT_SEC, 3600);
}

void ipxe_print_hunt(FILE *f)
{
	fputs(hunt, f);
}

void ipxe_print_retry(FILE *f, const struct ipxe_conf *c, bool menu)
{
	fprintf(f,
		"%s:retry\n"
		"inc tries\n",
		offline);
	if (c->fallback != IPXE_RETRY)
		fprintf(f, "iseq ${tries} %u && goto fallback ||\n", c->tries);
	/* longer each time, so that a fleet does not hammer an ill server */
	fprintf(f,
		"iseq ${pause} %u || inc pause\n"
		"set nic:int32 0\n"
		"set stale yes\n",
		PAUSE_MAX_SEC);
	if (menu)
		fputs("prompt --key 0x02 --timeout ${pause}000 "
		      "slipway: again in ${pause} s, Ctrl-B: menu "
		      "&& goto menu ||\n",
		      f);
	else
		fputs("echo slipway: again in ${pause} s\n"
		      "sleep ${pause}\n",
		      f);
	fputs("goto hunt\n", f);
	if (c->fallback == IPXE_REBOOT)
		fputs(":fallback\n"
		      "echo slipway: given up, rebooting\n"
		      "reboot\n",
		      f);
	if (c->fallback == IPXE_DISK)
		fputs(":fallback\n", f);
	fputs(disk, f);
}

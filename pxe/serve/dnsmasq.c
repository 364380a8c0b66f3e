// SPDX-License-Identifier: MIT
/*
 * dnsmasq.c - the configuration of dnsmasq, and dnsmasq as a child.
 */
#include <errno.h>
#include <stdlib.h>

#include "dnsmasq.h"
#include "host/alloc.h"
#include "host/error.h"

/* RFC 4578 has 9 for x86-64 and 7 for byte code; x86-64 firmware says 7. */
static const char matches[] =
	"# Who asks: the firmware's architecture (RFC 4578, RFC 5970), or iPXE.\n"
	"dhcp-match=set:bios,option:client-arch,0\n"
	"dhcp-match=set:efi64,option:client-arch,7\n"
	"dhcp-match=set:efi64,option:client-arch,9\n"
	"dhcp-match=set:arm64,option:client-arch,11\n"
	"dhcp-match=set:http64,option:client-arch,16\n"
	"dhcp-match=set:httparm64,option:client-arch,19\n"
	"dhcp-userclass=set:ipxe,iPXE\n"
	"dhcp-match=set:ipxe,175\n";

static void print_head(FILE *f, const struct netconf *c)
{
	fprintf(f,
		"# site %s, made by slipway serve; see slipway-serve(1)\n"
		"# DNS is left to others.\n"
		"port=0\n",
		c->site);
	if (c->interface)
		fprintf(f, "interface=%s\nbind-dynamic\n", c->interface);
	fprintf(f,
		"enable-tftp%s%s\n"
		"tftp-root=%s/tftp\n",
		c->interface ? "=" : "", c->interface ? c->interface : "",
		c->dir);
}

static void print_range(FILE *f, const struct netconf *c)
{
	fprintf(f,
		"\ndhcp-range=%s\n"
		"# What machines need to get beyond this network:\n"
		"#dhcp-option=option:router,192.0.2.1\n"
		"#dhcp-option=option:dns-server,192.0.2.53\n\n",
		c->range);
	fputs(matches, f);
	fprintf(f,
		"\n# What each gets.\n"
		"dhcp-boot=tag:ipxe," NETCONF_ENTRY "\n"
		"dhcp-boot=tag:bios,tag:!ipxe," NETCONF_BIOS "\n"
		"dhcp-boot=tag:efi64,tag:!ipxe,%s\n"
		"dhcp-boot=tag:arm64,tag:!ipxe," NETCONF_ARM64 "\n",
		c->efi);
	/* firmware that boots over HTTP takes an offer only if it says so */
	fprintf(f,
		"dhcp-option-force=tag:http64,tag:!ipxe,60,HTTPClient\n"
		"dhcp-option-force=tag:httparm64,tag:!ipxe,60,HTTPClient\n"
		"dhcp-boot=tag:http64,tag:!ipxe,%s/%s\n"
		"dhcp-boot=tag:httparm64,tag:!ipxe,%s/" NETCONF_ARM64 "\n",
		c->urls[0], c->efi, c->urls[0]);
}

/* dnsmasq names the architectures by number too. */
static void print_proxy(FILE *f, const struct netconf *c)
{
	fprintf(f, "\ndhcp-range=%s\n\n%s", c->range, matches);
	fprintf(f,
		"\n# What each gets, beside the address that another server "
		"gives.\n"
		"# Firmware that boots over HTTP takes no word from a proxy.\n"
		"dhcp-boot=tag:ipxe," NETCONF_ENTRY "\n"
		"pxe-service=tag:!ipxe,0,slipway," NETCONF_BIOS "\n"
		"pxe-service=tag:!ipxe,7,slipway,%s\n"
		"pxe-service=tag:!ipxe,9,slipway,%s\n"
		"pxe-service=tag:!ipxe,11,slipway," NETCONF_ARM64 "\n",
		c->efi, c->efi);
}

void dnsmasq_print(FILE *f, const struct netconf *c)
{
	print_head(f, c);
	if (c->dhcp == NETCONF_RANGE)
		print_range(f, c);
	else if (c->dhcp == NETCONF_PROXY)
		print_proxy(f, c);
	else
		fputs("\n# TFTP only: DHCP is another server's, which names "
		      "the files.\n",
		      f);
}

void dnsmasq_start(struct spawn *s, const char *conf, const char *leases,
		   bool quiet)
{
	char *file = xasprintf("--conf-file=%s", conf);
	char *lease = xasprintf("--dhcp-leasefile=%s", leases);
	const char *const argv[] = {"dnsmasq",
				    "--keep-in-foreground",
				    "--pid-file=",
				    "--log-facility=-",
				    file,
				    lease,
				    quiet ? NULL : "--log-dhcp",
				    NULL};
	int err;

	spawn_need("dnsmasq", "dnsmasq-base");
	*s = (struct spawn){.argv = argv, .in = -1, .out = -1, .err = -1};
	err = spawn_start(s);
	if (err) {
		errno = -err;
		die("dnsmasq: cannot start:");
	}
	s->argv = NULL;
	free(lease);
	free(file);
}

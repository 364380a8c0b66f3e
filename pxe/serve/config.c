// SPDX-License-Identifier: MIT
/*
 * config.c - write what servers need: dnsmasq.conf, nginx.conf,
 * nginx-cache.conf, and tftp/ with iPXE and the script it goes on with.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "dnsmasq.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "nginx.h"

#define LOADER_MAX (16u << 20)

/* Where packages of iPXE have it, below --loaders. */
static const struct {
	const char *name, *from[3], *whom;
} loaders[] = {
	{NETCONF_BIOS, {"undionly.kpxe"}, "BIOS machines"},
	{NETCONF_EFI, {"ipxe.efi", "x86_64-efi/ipxe.efi"}, "UEFI machines"},
	{"snponly.efi",
	 {"snponly.efi", "x86_64-efi/snponly.efi"},
	 "UEFI machines whose cards iPXE does not know"},
	{NETCONF_ARM64,
	 {"ipxe-arm64.efi", "arm64-efi/ipxe.efi", "arm64/ipxe.efi"},
	 "arm64 machines"},
};

static FILE *open_text(char **text, size_t *size)
{
	FILE *f = open_memstream(text, size);

	if (!f)
		die("memory:");
	return f;
}

static void put(const struct config *c, const char *path, const void *data,
		size_t size)
{
	outfile_put(path, 0644, data, size);
	if (c->list)
		printf("%s\n", path);
}

static void put_text(const struct config *c, FILE *f, char **text, size_t *size,
		     const char *name)
{
	char *path = xasprintf("%s/%s", c->net.dir, name);

	if (fclose(f))
		die("memory:");
	put(c, path, *text, *size);
	free(path);
	free(*text);
}

/* false when the package has no such file. */
static bool copy_loader(const struct config *c, unsigned int i,
			const char *tftp)
{
	char *to = xasprintf("%s/%s", tftp, loaders[i].name), *from, *data;
	unsigned int k;
	size_t size;

	for (k = 0; k < ARRAY_SIZE(loaders[i].from); k++) {
		if (!loaders[i].from[k])
			break;
		from = xasprintf("%s/%s", c->loaders, loaders[i].from[k]);
		data = outfile_slurp(from, LOADER_MAX, &size);
		if (data) {
			put(c, to, data, size);
			free(data);
			free(from);
			free(to);
			return true;
		}
		if (errno != ENOENT && errno != ENOTDIR)
			die("%s: cannot read:", from);
		free(from);
	}
	free(to);
	return false;
}

static void copy_loaders(const struct config *c, const char *tftp)
{
	bool have[ARRAY_SIZE(loaders)], any = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(loaders); i++) {
		have[i] = copy_loader(c, i, tftp);
		any |= have[i];
	}
	if (!any)
		die("%s: no iPXE there; apt-get install ipxe, or name its "
		    "folder with --loaders",
		    c->loaders);
	for (i = 0; i < ARRAY_SIZE(loaders); i++)
		if (!have[i])
			info("%s: no %s; %s do not boot until it is in %s",
			     c->loaders, loaders[i].name, loaders[i].whom,
			     tftp);
}

/*
 * Small and the same for every release: it comes over TFTP, so it is there
 * while HTTP is not, and has the patience that iPXE itself lacks.
 */
static void print_entry(FILE *f, const struct config *c)
{
	char **u;

	fprintf(f, "#!ipxe\n# slipway, site %s: to the boot script\n",
		c->net.site);
	if (c->own_url)
		fprintf(f, "set slipway-url %s\n", c->net.urls[0]);
	ipxe_print_hunt(f);
	for (u = c->net.urls; *u; u++)
		fprintf(f, "chain --replace --timeout %u %s/boot.ipxe ||\n",
			IPXE_STALL_MS, *u);
	ipxe_print_retry(f, &c->ipxe, false);
}

void config_files(const struct config *c)
{
	char *tftp = xasprintf("%s/tftp", c->net.dir), *text;
	size_t size;
	FILE *f;

	site_mkdirs(tftp);
	copy_loaders(c, tftp);
	f = open_text(&text, &size);
	print_entry(f, c);
	put_text(c, f, &text, &size, "tftp/" NETCONF_ENTRY);
	f = open_text(&text, &size);
	dnsmasq_print(f, &c->net);
	put_text(c, f, &text, &size, "dnsmasq.conf");
	free(tftp);
}

void config_nginx(const struct config *c, const char *cache)
{
	size_t size;
	char *text;
	FILE *f = open_text(&text, &size);

	nginx_print_origin(f, &c->net);
	put_text(c, f, &text, &size, "nginx.conf");
	f = open_text(&text, &size);
	nginx_print_cache(f, &c->net, cache);
	put_text(c, f, &text, &size, "nginx-cache.conf");
}

// SPDX-License-Identifier: MIT
/*
 * menu.c - grub.cfg of a medium: an entry for each role, and a key for each
 * entry, so that a machine without a screen can be told by a serial line or a
 * blind keyboard.
 */
#include <stdlib.h>
#include <string.h>

#include "custom.h"
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "media.h"

#define DEFAULT_ARGS "console=tty0 console=ttyS0,115200"

/* c and e are GRUB's own; the others lead to the entries below the roles */
static const char keys[] = "123456789abdfghjknpqstuvwxyz";

static const char head[] =
	"set timeout_style=menu\n"
	"if [ -z \"$iso_path\" ]; then\n"
	"\tif serial --unit=0 --speed=115200; then\n"
	"\t\tterminal_input console serial\n"
	"\t\tterminal_output console serial\n"
	"\tfi\n"
	"\tset source=\"LABEL=$label\"\n"
	"else\n"
	"\tsearch --no-floppy --set=outer --file \"$iso_path\"\n"
	"\tprobe --set=outer_label --label \"($outer)\"\n"
	"\tset source=\"LABEL=$outer_label:$iso_path\"\n"
	"fi\n"
	"load_env --skip-sig --file " CUSTOM_ENV " url role base append extra\n"
	"if [ -n \"$role\" ]; then set default=custom; fi\n";

/* $1 the base, $2 the role or nothing */
static const char function[] =
	"function slipway {\n"
	"\tset words=\"%s\"\n"
	"\tif [ -n \"$url\" ]; then set words=\"slipway.url=$url\"; fi\n"
	"\tif [ -n \"$2\" ]; then set words=\"$words slipway.role=$2\"; fi\n"
	"\techo \"slipway: $words\"\n"
	"\tlinux /boot/$1/vmlinuz $words%s $append\n"
	"\tif [ \"$extra\" = 1 ]; then\n"
	"\t\tinitrd " CUSTOM_IMG " /boot/$1/initrd.img\n"
	"\telse\n"
	"\t\tinitrd /boot/$1/initrd.img\n"
	"\tfi\n"
	"}\n";

/* The medium is the first disk when BIOS has started it from a stick. */
static const char disk[] = "menuentry 'Local disk' --id local --hotkey l {\n"
			   "\tif [ \"$grub_platform\" = efi ]; then exit; fi\n"
			   "\tset disk=hd0\n"
			   "\tif [ \"$root\" = hd0 -o \"$root\" = hd0,gpt1 -o "
			   "\"$root\" = hd0,msdos1 ]; then\n"
			   "\t\tset disk=hd1\n"
			   "\t\tdrivemap -s hd0 hd1\n"
			   "\tfi\n"
			   "\tset root=$disk\n"
			   "\tchainloader +1\n"
			   "}\n";

static const char memtest[] =
	"menuentry 'Memory test' --id memtest --hotkey m {\n"
	"\tif [ \"$grub_platform\" = efi ]; then\n"
	"\t\tlinux /boot/memtest.efi console=ttyS0,115200\n"
	"\telse\n"
	"\t\tlinux /boot/memtest.bin console=ttyS0,115200\n"
	"\tfi\n"
	"}\n";

static const char ipxe[] =
	"menuentry 'Network boot (iPXE)' --id ipxe --hotkey i {\n"
	"\tif [ \"$grub_platform\" = efi ]; then\n"
	"\t\tchainloader /boot/ipxe.efi\n"
	"\telse\n"
	"\t\tlinux16 /boot/ipxe.lkrn\n"
	"\t\tinitrd16 /boot/entry.ipxe\n"
	"\tfi\n"
	"}\n";

static const char tail[] =
	"if [ \"$grub_platform\" = efi ]; then\n"
	"\tmenuentry 'Firmware setup' --id firmware --hotkey S { fwsetup }\n"
	"fi\n"
	"menuentry 'Start again' --id reboot --hotkey r { reboot }\n"
	"menuentry 'Power off' --id halt --hotkey o { halt }\n";

const char *menu_variant(enum media_variant v)
{
	static const char *const names[] = {"live", "net", "installer"};

	return names[v];
}

const char *menu_words(const char *text)
{
	if (!text_printable(text_span(text)))
		return "not printable";
	return strpbrk(text, "\"'\\") ? "GRUB cannot hand on quotes and "
					"backslashes"
				      : NULL;
}

static void print_words(FILE *f, const char *what, const char *text)
{
	const char *why = menu_words(text);
	char *copy = xstrdup(text), *save, *w;

	if (why)
		die("%s '%s': %s", what, text, why);
	for (w = strtok_r(copy, " \t", &save); w;
	     w = strtok_r(NULL, " \t", &save))
		fprintf(f, " '%s'", w);
	free(copy);
}

/* All kernel arguments behind those of the function, each in quotes. */
static char *arguments(const struct media *m)
{
	const char *args = ini_get(&m->site->conf, "site", "args");
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die("memory:");
	print_words(f, "[site] args", args ? args : DEFAULT_ARGS);
	print_words(f, "--append", m->append);
	if (fclose(f))
		die("memory:");
	return text;
}

static char *reach(const struct media *m)
{
	char *text, *next, **urls, **u;

	if (m->variant != MEDIA_NET)
		return xstrdup("slipway.source=$source");
	text = xstrdup("slipway.url=");
	urls = words(m->site->url);
	for (u = urls; *u; u++) {
		next = xasprintf("%s%s%s", text, u == urls ? "" : ",", *u);
		free(text);
		free(*u);
		text = next;
	}
	free(urls);
	return text;
}

static struct span base_of(const struct media *m, unsigned int role)
{
	return m->r.m.layers[m->r.m.roles[role].base].name;
}

static void print_role(FILE *f, const struct media *m, unsigned int i,
		       const char **key)
{
	struct span role = m->r.m.roles[i].name, base = base_of(m, i);

	fprintf(f, "menuentry 'Role %.*s' --id role-%.*s", (int)role.n, role.p,
		(int)role.n, role.p);
	if (**key)
		fprintf(f, " --hotkey %c", *(*key)++);
	fprintf(f, " { slipway %.*s %.*s }\n", (int)base.n, base.p, (int)role.n,
		role.p);
}

/* The one whose kernel is taken where the manifest chooses. */
static unsigned int first_role(const struct media *m)
{
	unsigned int i = 0;

	if (m->r.m.default_role >= 0 && m->with[m->r.m.default_role])
		return m->r.m.default_role;
	while (!m->with[i])
		i++;
	return i;
}

/* What customize made the default; it may be no role of this release. */
static const char custom[] =
	"if [ -n \"$role\" ]; then\n"
	"\tmenuentry \"Role $role, as customized\" --id custom --hotkey C "
	"{ slipway $base $role }\n"
	"fi\n";

static void print_roles(FILE *f, const struct media *m)
{
	const char *key = keys;
	struct span base = base_of(m, first_role(m));
	unsigned int i;

	if (m->r.m.default_role >= 0 || m->r.m.n_rules)
		fprintf(f,
			"menuentry 'What the manifest says' --id auto "
			"--hotkey 0 { slipway %.*s }\n",
			(int)base.n, base.p);
	for (i = 0; i < m->r.m.n_roles; i++)
		if (m->with[i])
			print_role(f, m, i, &key);
}

void menu_print(FILE *f, const struct media *m)
{
	char *args = arguments(m), *how = reach(m);

	fprintf(f,
		"# slipway, site %s, serial %llu, variant %s\n"
		"set label=%s\nset timeout=%llu\nset default=%s\n",
		m->site->name, (unsigned long long)m->r.m.serial,
		menu_variant(m->variant), m->label,
		(unsigned long long)m->timeout, m->fallback);
	fputs(head, f);
	fprintf(f, function, how, args);
	fputs(custom, f);
	print_roles(f, m);
	fputs(disk, f);
	if (m->memtest)
		fputs(memtest, f);
	if (m->ipxe)
		fputs(ipxe, f);
	fputs(tail, f);
	free(args);
	free(how);
}

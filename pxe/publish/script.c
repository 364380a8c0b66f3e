// SPDX-License-Identifier: MIT
/*
 * script.c - boot.ipxe: which role, which kernel, and again on failure.
 *
 * A caller may set ${slipway-url}, ${role} and ${append} and chain to it;
 * `slipway boot` does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "release.h"

static const char head[] = "isset ${tries} || set tries:int32 0\n"
			   ":start\n"
			   "isset ${netX/ip} || dhcp || goto retry\n";

/* Ctrl-B within two seconds asks for the role. */
static const char ask[] =
	"prompt --key 0x02 --timeout 2000 Ctrl-B: choose a role && goto menu ||\n"
	"isset ${role} && goto chosen ||\n";

static const char load[] =
	":load\n"
	"imgfree\n"
	"kernel ${dir}/vmlinuz || goto retry\n"
	"initrd ${dir}/initrd.img || goto retry\n"
	"imgtrust --allow && goto verify || goto unverified\n"
	":verify\n"
	"imgverify vmlinuz ${dir}/vmlinuz.sig || goto retry\n"
	"imgverify initrd.img ${dir}/initrd.img.sig || goto retry\n"
	":go\n"
	"imgargs vmlinuz initrd=initrd.img slipway.url=${slipway-url} "
	"BOOTIF=01-${netX/mac:hexhyp} ip=dhcp ${args} ${role-arg} ${append}\n"
	"boot || goto retry\n";

static const char retry[] = ":retry\n"
			    "inc tries\n"
			    "iseq ${tries} 20 && reboot ||\n"
			    "echo slipway: trying again in 5 seconds\n"
			    "sleep 5\n"
			    "goto start\n";

/* A rule that names one machine; patterns are /init's to decide. */
static void print_rule(FILE *f, const struct manifest *m,
		       const struct manifest_rule *rule)
{
	static const char *const what[] = {"${netX/mac}", "${uuid}",
					   "${serial}"};
	struct span role = m->roles[rule->role].name;

	if (memchr(rule->pattern.p, '*', rule->pattern.n) ||
	    memchr(rule->pattern.p, '?', rule->pattern.n) ||
	    memchr(rule->pattern.p, '[', rule->pattern.n))
		return;
	fprintf(f, "isset ${role} || iseq %s %.*s && set role %.*s ||\n",
		what[rule->key], (int)rule->pattern.n, rule->pattern.p,
		(int)role.n, role.p);
}

static void print_menu(FILE *f, const struct release *r)
{
	unsigned int i;

	fprintf(f, ":menu\nmenu Role of this machine (site %s)\n",
		r->site->name);
	for (i = 0; i < r->m.n_roles; i++)
		fprintf(f, "item %.*s %.*s\n", (int)r->m.roles[i].name.n,
			r->m.roles[i].name.p, (int)r->m.roles[i].name.n,
			r->m.roles[i].name.p);
	fputs("choose role || goto start\n"
	      ":chosen\n"
	      "set role-arg slipway.role=${role}\n"
	      ":role\n"
	      "goto role-${role} ||\n"
	      "echo slipway: E-ROLE: role ${role}: this site has no such role\n"
	      "goto retry\n",
	      f);
}

static void print_roles(FILE *f, const struct release *r)
{
	unsigned int i;

	for (i = 0; i < r->m.n_roles; i++)
		fprintf(f, ":role-%.*s\nset dir boot/%s\ngoto load\n",
			(int)r->m.roles[i].name.n, r->m.roles[i].name.p,
			r->boots[r->role_boot[i]].hex);
}

char *release_script(const struct release *r)
{
	const struct ini *conf = &r->site->conf;
	const char *args = ini_get(conf, "site", "args");
	const char *need = ini_get(conf, "site", "require-imgverify");
	struct span fallback =
		r->m.roles[r->m.default_role < 0 ? 0 : r->m.default_role].name;
	unsigned int i;
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);
	char **urls = words(r->site->url), **u;

	if (!f)
		die("boot.ipxe:");
	fprintf(f, "#!ipxe\n# slipway, site %s\n%s", r->site->name, head);
	fputs("isset ${slipway-url} || set slipway-url ", f);
	for (u = urls; *u; u++)
		fprintf(f, "%s%s", u == urls ? "" : ",", *u);
	fprintf(f, "\nset args %s\n",
		args ? args : "console=tty0 console=ttyS0,115200");
	for (i = 0; i < r->m.n_rules; i++)
		print_rule(f, &r->m, &r->m.rules[i]);
	fprintf(f, "%sset role %.*s\ngoto role\n", ask, (int)fallback.n,
		fallback.p);
	print_menu(f, r);
	print_roles(f, r);
	fputs(load, f);
	fputs(retry, f);
	fprintf(f, ":unverified\n%s\n",
		need && !strcmp(need, "yes")
			? "echo slipway: this iPXE has no imgverify, and the site wants it\ngoto retry"
			: "goto go");
	if (fclose(f))
		die("boot.ipxe:");
	return text;
}

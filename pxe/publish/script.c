// SPDX-License-Identifier: MIT
/*
 * script.c - boot.ipxe: which kernel, and again on failure.
 *
 * The role itself is /init's to decide, out of the signed manifest, unless a
 * person chose one. A caller may set ${slipway-url}, ${role} and ${append}
 * and chain to it; `slipway boot` does.
 *
 * iPXE's "a || b && c" runs c when a succeeded: only jumps are chained here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "release.h"

#define DEFAULT_ARGS "console=tty0 console=ttyS0,115200"

static const char head[] =
	"isset ${tries} || set tries:int32 0\n"
	":start\n"
	"isset ${netX/ip} || dhcp || goto retry\n"
	"isset ${role} && goto chosen ||\n"
	"prompt --key 0x02 --timeout 2000 Ctrl-B: choose a role && goto menu ||\n";

static const char chosen[] =
	"choose role || goto start\n"
	":chosen\n"
	"set role-arg slipway.role=${role}\n"
	"goto role-${role} ||\n"
	"echo slipway: E-ROLE: role ${role}: this site has none of that name\n"
	"clear role\n"
	"clear role-arg\n"
	"goto retry\n";

static const char load[] = ":load\n"
			   "imgfree\n"
			   "kernel ${dir}/vmlinuz || goto retry\n"
			   "initrd ${dir}/initrd.img || goto retry\n";

static const char verify[] =
	"imgtrust --allow && goto verify || goto unverified\n"
	":verify\n"
	"imgverify vmlinuz ${dir}/vmlinuz.sig || goto retry\n"
	"imgverify initrd.img ${dir}/initrd.img.sig || goto retry\n"
	"goto go\n"
	":unverified\n";

static const char go[] =
	":go\n"
	"imgargs vmlinuz initrd=initrd.img slipway.url=${slipway-url} "
	"BOOTIF=01-${netX/mac:hexhyp} ip=dhcp ${args} ${role-arg} ${append}\n"
	"boot || goto retry\n";

/* Later each time, so that a fleet does not hammer a server that is ill. */
static const char retry[] = ":retry\n"
			    "inc tries\n"
			    "iseq ${tries} 20 && reboot ||\n"
			    "echo slipway: trying again in ${tries} seconds\n"
			    "sleep ${tries}\n"
			    "goto start\n";

static bool is_glob(struct span s)
{
	return memchr(s.p, '*', s.n) || memchr(s.p, '?', s.n) ||
	       memchr(s.p, '[', s.n);
}

/* A rule that names one machine chooses its kernel; iPXE has no globs. */
static void print_rule(FILE *f, const struct manifest *m,
		       const struct manifest_rule *rule)
{
	static const char *const what[] = {"${netX/mac}", "${uuid}",
					   "${serial}"};
	struct span role = m->roles[rule->role].name;

	if (is_glob(rule->pattern))
		return;
	fprintf(f, "iseq %s %.*s && goto role-%.*s ||\n", what[rule->key],
		(int)rule->pattern.n, rule->pattern.p, (int)role.n, role.p);
}

static void print_menu(FILE *f, const struct release *r)
{
	struct span role;
	unsigned int i;

	fprintf(f, ":menu\nmenu Role of this machine (site %s)\n",
		r->site->name);
	for (i = 0; i < r->m.n_roles; i++) {
		role = r->m.roles[i].name;
		fprintf(f, "item %.*s %.*s\n", (int)role.n, role.p, (int)role.n,
			role.p);
	}
	fputs(chosen, f);
}

static void print_roles(FILE *f, const struct release *r)
{
	unsigned int i;

	for (i = 0; i < r->m.n_roles; i++)
		fprintf(f, ":role-%.*s\nset dir boot/%s\ngoto load\n",
			(int)r->m.roles[i].name.n, r->m.roles[i].name.p,
			r->boots[r->role_boot[i]].hex);
}

/* What to do about imgverify: "yes" insists, "no" never asks. */
static void print_verify(FILE *f, const struct ini *conf)
{
	const char *need = ini_get(conf, "site", "require-imgverify");

	if (need && strcmp(need, "yes") && strcmp(need, "no") &&
	    strcmp(need, "auto"))
		die("%s: require-imgverify = %s: there are auto, yes, no",
		    conf->path, need);
	if (need && !strcmp(need, "no"))
		return;
	fputs(verify, f);
	if (need && !strcmp(need, "yes"))
		fputs("echo slipway: this iPXE has no imgverify, "
		      "which the site wants\n"
		      "goto retry\n",
		      f);
}

static void print_urls(FILE *f, const struct site *site)
{
	char **urls = words(site->url), **u;

	fputs("isset ${slipway-url} || set slipway-url ", f);
	for (u = urls; *u; u++)
		fprintf(f, "%s%s", u == urls ? "" : ",", *u);
	fputc('\n', f);
}

char *script_text(const struct release *r)
{
	const struct manifest *m = &r->m;
	const char *args = ini_get(&r->site->conf, "site", "args");
	unsigned int i, fallback = m->default_role < 0 ? 0 : m->default_role;
	struct span role = m->roles[fallback].name;
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die("boot.ipxe:");
	fprintf(f, "#!ipxe\n# slipway, site %s\n", r->site->name);
	print_urls(f, r->site);
	fprintf(f, "set args %s\n%s", args ? args : DEFAULT_ARGS, head);
	for (i = 0; i < m->n_rules; i++)
		print_rule(f, m, &m->rules[i]);
	fprintf(f, "goto role-%.*s\n", (int)role.n, role.p);
	print_menu(f, r);
	print_roles(f, r);
	fputs(load, f);
	print_verify(f, &r->site->conf);
	fputs(go, f);
	fputs(retry, f);
	if (fclose(f))
		die("boot.ipxe:");
	return text;
}

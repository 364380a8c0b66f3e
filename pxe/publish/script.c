// SPDX-License-Identifier: MIT
/*
 * script.c - boot.ipxe: which kernel, from which server, and again on failure.
 *
 * The role itself is /init's to decide, out of the signed manifest, unless a
 * person chose one. A caller may set ${slipway-url}, ${role} and ${append}
 * and chain to it; `slipway boot` and `slipway serve` do.
 *
 * host/ipxe.h says what the parts around this one do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/ipxe.h"
#include "release.h"
#include "script_drivers.h"

#define DEFAULT_ARGS "console=tty0 console=ttyS0,115200"

/* A machine left alone in the menu boots after all. */
#define MENU_MS 120000

/*
 * After a failure the script is fetched anew: a publish may have removed what
 * this one names.
 */
static const char online[] = "isset ${stale} || goto current\n"
			     "clear stale\n"
			     "chain --replace --timeout %u boot%s%.*s.ipxe ||\n"
			     ":current\n"
			     "isset ${role} && goto chosen ||\n";

static const char prompt[] =
	"isset ${asked} && goto auto ||\n"
	"set asked yes\n"
	"prompt --key 0x02 --timeout %u Ctrl-B: menu && goto menu ||\n"
	":auto\n";

static const char chosen[] =
	":chosen\n"
	"set role-arg slipway.role=${role}\n"
	"goto role-${role} ||\n"
	"echo slipway: E-ROLE: role ${role}: this site has none of that name\n"
	"clear role\n"
	"clear role-arg\n"
	"goto retry\n";

/* '@' is in no role's name. */
static const char menu_end[] = "item --gap\n"
			       "item @disk The local disk\n"
			       "item @reboot Start again\n";

static const char picked[] =
	"choose --timeout %u --default @auto pick || goto hunt\n"
	"goto menu-${pick} ||\n"
	"set role ${pick}\n"
	"goto hunt\n"
	":menu-@auto\n"
	"clear role ||\n"
	"clear role-arg ||\n"
	"goto hunt\n"
	":menu-@disk\n"
	"goto disk\n"
	":menu-@reboot\n"
	"reboot\n"
	":menu-@shell\n"
	"shell ||\n"
	"goto menu\n";

static const char verify[] =
	"imgtrust --allow && goto verify || goto unverified\n"
	":verify\n";

/*
 * The lease goes with the kernel, so that no second one is asked for; an
 * address that is nobody's lease was set by hand and goes as ip=.
 */
static const char go[] =
	":go\n"
	"set dev net${nic}\n"
	"set lease ip=dhcp\n"
	"isset ${${dev}/ip} || goto boot\n"
	"isset ${${dev}/54:ipv4} || goto static\n"
	"set seconds ${${dev}/51:int32}\n"
	"iseq ${seconds} -1 && clear seconds ||\n"
	"set lease slipway.lease=${${dev}/ip}:${${dev}/netmask}:"
	"${${dev}/gateway}:${${dev}/dns}:${seconds}:${${dev}/54:ipv4}\n"
	"goto boot\n"
	":static\n"
	"set lease ip=${${dev}/ip}::${${dev}/gateway}:${${dev}/netmask}"
	":::none:${${dev}/dns}\n"
	":boot\n"
	"imgargs vmlinuz ${initrds} slipway.url=${urls} "
	"BOOTIF=01-${${dev}/mac:hexhyp} ${lease} ${args} ${role-arg} "
	"${append}\n"
	"boot || goto next\n";

static bool is_glob(struct span s)
{
	return memchr(s.p, '*', s.n) || memchr(s.p, '?', s.n) ||
	       memchr(s.p, '[', s.n);
}

/* A rule that names one machine chooses its kernel; iPXE has no globs. */
static void print_rule(FILE *f, const struct manifest *m,
		       const struct manifest_rule *rule)
{
	static const char *const what[] = {"${net${nic}/mac}", "${uuid}",
					   "${serial}"};
	struct span role = m->roles[rule->role].name;

	if (is_glob(rule->pattern))
		return;
	fprintf(f, "iseq %s %.*s && goto role-%.*s ||\n", what[rule->key],
		(int)rule->pattern.n, rule->pattern.p, (int)role.n, role.p);
}

/* Does every initrd of this release open a shell anyway? */
static bool all_rescue(const struct release *r)
{
	const char *policy;
	unsigned int i;
	struct ini ini;
	bool rescue = true;
	char *path;

	for (i = 0; i < r->n_boots && rescue; i++) {
		path = site_path(r->site, "build/initrd/%s/initrd.info",
				 r->boots[i].base);
		rescue = !ini_read(&ini, path);
		if (rescue) {
			policy = ini_get(&ini, "initrd", "policy");
			rescue = policy && !strcmp(policy, "rescue");
			ini_free(&ini);
		}
		free(path);
	}
	return rescue;
}

static void print_menu(FILE *f, const struct release *r)
{
	struct span role;
	unsigned int i;

	fprintf(f,
		":menu\nmenu What this machine boots (site %s)\n"
		"item @auto What the manifest says\n",
		r->site->name);
	for (i = 0; i < r->m.n_roles; i++) {
		role = r->m.roles[i].name;
		fprintf(f, "item %.*s Role %.*s\n", (int)role.n, role.p,
			(int)role.n, role.p);
	}
	fputs(menu_end, f);
	if (all_rescue(r))
		fputs("item @shell iPXE shell\n", f);
	fprintf(f, picked, MENU_MS);
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
static void print_verify(FILE *f, const struct release *r)
{
	const struct ini *conf = &r->site->conf;
	const char *need = ini_get(conf, "site", "require-imgverify");

	if (need && strcmp(need, "yes") && strcmp(need, "no") &&
	    strcmp(need, "auto"))
		die("%s: require-imgverify = %s: there are auto, yes, no",
		    conf->path, need);
	if (need && !strcmp(need, "no"))
		return;
	fputs(verify, f);
	script_drivers_verify(f, r);
	fputs(":unverified\n", f);
	if (need && !strcmp(need, "yes"))
		fputs("echo slipway: this iPXE has no imgverify, "
		      "which the site wants\n"
		      "goto retry\n",
		      f);
}

/*
 * The first server is the one that this script came from; then those that
 * site.conf names, unless a caller said which it is to be.
 */
static void print_mirrors(FILE *f, const struct site *site)
{
	const char *more = ini_get(&site->conf, "site", "mirrors");
	char *text = xasprintf("%s %s", site->url, more ? more : "");
	char **urls = words(text), **u;
	unsigned int n = 0;
	size_t len;

	fputs(":next\n"
	      "isset ${slipway-url} && goto offline ||\n"
	      "inc mirror\n"
	      "goto mirror-${mirror} || goto offline\n",
	      f);
	for (u = urls; *u; u++) {
		/* only /init fills {mac} and the like in */
		if (strchr(*u, '{'))
			continue;
		len = strlen(*u);
		while (len && (*u)[len - 1] == '/')
			len--;
		fprintf(f, ":mirror-%u\nset at %.*s/${dir}\ngoto fetch\n", ++n,
			(int)len, *u);
	}
	free(text);
}

static void print_urls(FILE *f, const struct site *site)
{
	char **urls = words(site->url), **u;

	fputs("isset ${slipway-url} && set urls ${slipway-url} || set urls ",
	      f);
	for (u = urls; *u; u++)
		fprintf(f, "%s%s", u == urls ? "" : ",", *u);
	fputc('\n', f);
}

static void print_choice(FILE *f, const struct release *r,
			 const struct ipxe_conf *conf)
{
	const struct manifest *m = &r->m;
	unsigned int i, fallback = m->default_role < 0 ? 0 : m->default_role;
	struct span role = m->roles[fallback].name;

	fprintf(f, online, IPXE_STALL_MS, m->channel.n ? "-" : "",
		(int)m->channel.n, m->channel.p);
	if (conf->prompt_ms)
		fprintf(f, prompt, conf->prompt_ms);
	for (i = 0; i < m->n_rules; i++)
		print_rule(f, m, &m->rules[i]);
	fprintf(f, "goto role-%.*s\n", (int)role.n, role.p);
	print_menu(f, r);
	print_roles(f, r);
}

char *script_text(const struct release *r)
{
	const char *args = ini_get(&r->site->conf, "site", "args");
	struct ipxe_conf conf;
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die("boot.ipxe:");
	ipxe_conf_read(&conf, &r->site->conf);
	fprintf(f, "#!ipxe\n# slipway, site %s\n", r->site->name);
	print_urls(f, r->site);
	fprintf(f, "set args %s%s%.*s\n", args ? args : DEFAULT_ARGS,
		r->m.channel.n ? " slipway.channel=" : "", (int)r->m.channel.n,
		r->m.channel.p);
	ipxe_print_hunt(f);
	print_choice(f, r, &conf);
	script_drivers_load(f, r);
	print_verify(f, r);
	fputs(go, f);
	print_mirrors(f, r->site);
	ipxe_print_retry(f, &conf, true);
	if (fclose(f))
		die("boot.ipxe:");
	return text;
}

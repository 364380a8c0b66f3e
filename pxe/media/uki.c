// SPDX-License-Identifier: MIT
/*
 * uki.c - slipway uki: kernel, initrd and command line of a role as one EFI
 * program (UAPI group, Unified Kernel Image), signed for Secure Boot.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "pe.h"
#include "release.h"

#define STUB	    "/usr/lib/systemd/boot/efi/linuxx64.efi.stub"
#define FILE_MAX    ((size_t)1 << 30)
#define CMDLINE_MAX 2047

static const char *dir, *to, *append = "", *key, *cert, *stub = STUB;
static bool json, plain;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"output", 'o', "FILE", "the image (default: ROLE.efi here)", NULL,
	 &to},
	{"append", 0, "TEXT", "more for the kernel's command line", NULL,
	 &append},
	{"key", 0, "FILE", "signs it (default: keys/secureboot/db.key)", NULL,
	 &key},
	{"cert", 0, "FILE", "the key's certificate (default: db.crt there)",
	 NULL, &cert},
	{"unsigned", 0, NULL, "do not sign it", &plain, NULL},
	{"stub", 0, "FILE", "systemd's (default: of systemd-boot-efi)", NULL,
	 &stub},
	{"json", 0, NULL, "the facts as one JSON object", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway uki",
	.usage = "[-C DIR] [-o FILE] [--append TEXT] [--key FILE] "
		 "[--cert FILE] [--unsigned] [--stub FILE] [--json] ROLE",
	.about = "Make one signed EFI program of a role's kernel and initrd.",
	.opts = table,
};

static char *slurp(const char *path, size_t *size, const char *cure)
{
	char *p = outfile_slurp(path, FILE_MAX, size);

	if (!p)
		die("%s: cannot read (%s):", path, cure);
	return p;
}

static void *build(const struct release *r, const struct manifest_role *role,
		   size_t *size)
{
	char *linux_path = release_boot(r, role, "vmlinuz");
	char *initrd_path = release_boot(r, role, "initrd.img");
	char *line = xasprintf("slipway.role=%.*s%s%s", (int)role->name.n,
			       role->name.p, *append ? " " : "", append);
	char *os = xasprintf("ID=slipway\nNAME=slipway\nVERSION_ID=%llu\n"
			     "PRETTY_NAME=\"%s %.*s %llu\"\n",
			     (unsigned long long)r->m.serial, r->site->name,
			     (int)role->name.n, role->name.p,
			     (unsigned long long)r->m.serial);
	struct pe_section s[] = {
		{".osrel", os, strlen(os)},
		{".cmdline", line, strlen(line)},
		{".linux", NULL, 0},
		{".initrd", NULL, 0},
	};
	size_t stub_size;
	char *image =
		slurp(stub, &stub_size, "Debian package systemd-boot-efi");
	void *out;

	if (strlen(line) > CMDLINE_MAX)
		die("command line: longer than %d", CMDLINE_MAX);
	s[2].p = slurp(linux_path, &s[2].size, "run 'slipway initrd'");
	s[3].p = slurp(initrd_path, &s[3].size, "run 'slipway initrd'");
	out = pe_append(stub, image, stub_size, s, ARRAY_SIZE(s), size);
	free((void *)s[3].p);
	free((void *)s[2].p);
	free(image);
	free(os);
	free(line);
	free(initrd_path);
	free(linux_path);
	return out;
}

/* Its noise about gaps that are none is kept unless it fails. */
static void sign(const char *path, const char *from)
{
	const char *const argv[] = {"sbsign",	"--key", key,  "--cert", cert,
				    "--output", path,	 from, NULL};
	int out[2], status;
	struct spawn p = {.argv = argv, .in = -1};
	char *text;

	spawn_need("sbsign", "sbsigntool");
	if (pipe(out))
		die("sbsign: pipe:");
	p.out = p.err = out[1];
	status = spawn_start(&p);
	close(out[1]);
	if (status)
		die("sbsign: %s", strerror(-status));
	text = spawn_tail(out[0], -1, 1);
	close(out[0]);
	status = spawn_wait(&p);
	if (status)
		die("sbsign: status %d: %s", status, text);
	free(text);
}

static void write_image(const void *p, size_t size)
{
	char *from = xasprintf("%s.%d.unsigned", to, (int)getpid());
	char *signed_to = xasprintf("%s.%d.signed", to, (int)getpid());

	if (plain) {
		outfile_put(to, 0644, p, size);
	} else {
		outfile_cleanup(from);
		outfile_cleanup(signed_to);
		outfile_put(from, 0644, p, size);
		sign(signed_to, from);
		if (rename(signed_to, to))
			die("%s: rename:", to);
		outfile_keep(signed_to);
		outfile_keep(from);
		unlink(from);
	}
	free(signed_to);
	free(from);
}

static void choose_key(const struct site *site)
{
	char *own = site_path(site, "keys/secureboot/db.key");

	if (plain)
		return;
	if (!key != !cert)
		opts_usage(&opts, "--key and --cert belong together");
	if (!key) {
		key = own;
		cert = site_path(site, "keys/secureboot/db.crt");
	}
	if (access(key, R_OK))
		die("%s: cannot read; run 'slipway keys enroll', or take --unsigned:",
		    key);
}

static void facts(const struct release *r, const char *role, size_t size)
{
	struct json_object *o;

	if (!json) {
		printf("%s: %s, serial %llu, %zu bytes before signing%s\n", to,
		       role, (unsigned long long)r->m.serial, size,
		       plain ? ", unsigned" : "");
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "image", json_object_new_string(to));
	json_object_object_add(o, "role", json_object_new_string(role));
	json_object_object_add(o, "serial",
			       json_object_new_uint64(r->m.serial));
	json_object_object_add(o, "signed", json_object_new_boolean(!plain));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	const char *name = argv[at];
	struct release r;
	struct site site;
	size_t size;
	void *image;

	if (argc - at != 1)
		opts_usage(&opts, "expected one ROLE");
	site_open(&site, dir);
	choose_key(&site);
	if (!to)
		to = xasprintf("%s.efi", name);
	release_open(&r, &site);
	image = build(&r, release_role(&r, name), &size);
	write_image(image, size);
	facts(&r, name, size);
	free(image);
	release_close(&r);
	return EXIT_DONE;
}

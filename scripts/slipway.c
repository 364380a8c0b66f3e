// SPDX-License-Identifier: MIT
/*
 * slipway.c - the one command: runs slipway-VERB out of its own folder, the
 * installed libexec folder, or PATH.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"

#define VERSION	 "0.1"
#define NEAR	 3 /* edits between a verb and what was typed for it */
#define VERB_MAX 64

static const struct {
	const char *name, *about;
} verbs[] = {
	{"new", "make a site: configuration, keys, an example role"},
	{"keys", "make, show, replace and revoke the site's keys"},
	{"base", "build a base, which machines of a kind share"},
	{"overlay", "build a role's overlay against its base"},
	{"test", "run the tests of roles, in their union or in QEMU"},
	{"lock", "lock the exact versions of all packages of bases and roles"},
	{"initrd", "pack the initrd for the base's kernel"},
	{"publish", "write the publish tree and its signed manifest"},
	{"lint", "say what publish would refuse"},
	{"rollout", "set how many machines get what is built"},
	{"node", "set which machine has which role or image"},
	{"role", "set which base and overlays a role has"},
	{"config", "show each value with its file and line"},
	{"verify", "check a publish tree as machines do"},
	{"shell", "open a shell inside a built role, changes thrown away"},
	{"ls", "list what is in a layer, or in the union of a role"},
	{"cat", "print files of a layer, or of the union of a role"},
	{"diff", "tell two layers or two roles apart"},
	{"size", "say what the layers that are built take, and of what"},
	{"export", "write a layer or a role as other tools read it"},
	{"kernel", "put out the kernel and initrd that belong to an image"},
	{"ramdisk", "make a kernel and one initrd with base and role inside"},
	{"iso", "make an ISO that boots, from CD and stick, or set one up"},
	{"usb", "write the same onto a stick"},
	{"uki", "make one signed EFI program of a role's kernel and initrd"},
	{"disk", "make a disk image that starts a published release"},
	{"install", "install a release onto a disk of this machine"},
	{"serve", "serve the publish tree over HTTP, and take boot reports"},
	{"status", "show the fleet: what each machine's last boot did"},
	{"report", "show what one boot did, and how long it took"},
	{"boot", "boot the published site in QEMU"},
	{"update", "bring an installed machine to the newest release"},
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void help(void)
{
	size_t i;

	puts("usage: slipway VERB [ARGUMENT...]\n"
	     "Boot fleets into RAM from signed layers.\n");
	for (i = 0; i < N_VERBS; i++)
		printf("  %-10s %s\n", verbs[i].name, verbs[i].about);
	puts("\n'slipway help VERB' shows a verb's options; "
	     "'slipway --version' the version.");
}

/* Does @verb look like one? It becomes part of a path. */
static bool verb_ok(const char *verb)
{
	size_t n = strlen(verb);

	return n && n < VERB_MAX &&
	       strspn(verb, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static void try_run(const char *dir, const char *sub, const char *verb,
		    char **argv)
{
	char *path = xasprintf("%s%s/slipway-%s", dir, sub, verb);

	argv[0] = path;
	execv(path, argv);
	if (errno != ENOENT && errno != ENOTDIR)
		die("%s:", path);
	free(path);
}

/* Returns when there is no such program. */
static void run(const char *verb, char **argv)
{
	char self[PATH_MAX], *prog;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0) {
		self[n] = '\0';
		dirname(self);
		try_run(self, "", verb, argv);
		try_run(self, "/../libexec/slipway", verb, argv);
	}
	prog = xasprintf("slipway-%s", verb);
	argv[0] = prog;
	execvp(prog, argv);
	if (errno != ENOENT && errno != EACCES)
		die("%s:", prog);
	free(prog);
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein: insertions, deletions and changes from @a to @b. */
static size_t distance(const char *a, const char *b)
{
	size_t row[VERB_MAX + 1], i, k, diagonal, above, nb = strlen(b);

	for (k = 0; k <= nb; k++)
		row[k] = k;
	for (i = 1; a[i - 1]; i++) {
		diagonal = row[0];
		row[0] = i;
		for (k = 1; k <= nb; k++) {
			above = row[k];
			row[k] = min3(above + 1, row[k - 1] + 1,
				      diagonal + (a[i - 1] != b[k - 1]));
			diagonal = above;
		}
	}
	return row[nb];
}

static int unknown(const char *verb)
{
	size_t best = NEAR, d, i;
	const char *comma = "; did you mean ";

	fprintf(stderr, "slipway: '%.64s' is not a verb", verb);
	for (i = 0; verb_ok(verb) && i < N_VERBS; i++) {
		d = distance(verb, verbs[i].name);
		best = d < best ? d : best;
	}
	for (i = 0; verb_ok(verb) && best < NEAR && i < N_VERBS; i++) {
		if (distance(verb, verbs[i].name) != best)
			continue;
		fprintf(stderr, "%s%s", comma, verbs[i].name);
		comma = " or ";
	}
	fputs(best < NEAR ? "?\n" : "; see 'slipway help'\n", stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	char *show[] = {NULL, "--help", NULL};
	const char *verb = argv[1];

	error_program("slipway");
	if (argc < 2) {
		fputs("slipway: which verb? see 'slipway help'\n", stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(verb, "--version")) {
		puts("slipway " VERSION);
		return EXIT_DONE;
	}
	if (!strcmp(verb, "--help") || (!strcmp(verb, "help") && argc == 2)) {
		help();
		return EXIT_DONE;
	}
	if (!strcmp(verb, "help")) {
		verb = argv[2];
		argv = show;
	} else {
		argv++;
	}
	if (verb_ok(verb))
		run(verb, argv);
	return unknown(verb);
}

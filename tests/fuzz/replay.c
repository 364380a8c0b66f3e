// SPDX-License-Identifier: MIT
/*
 * replay.c - fuzz-NAME FOLDER...: every file of the folders through the
 * target, once, each in memory of exactly its size.
 */
#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static char path[4096];

/* The input that ended us is what one wants to know. */
static void name_input(int sig)
{
	static const char text[] = "\n# while replaying ";

	if (write(2, text, sizeof(text) - 1) < 0 ||
	    write(2, path, strlen(path)) < 0 || write(2, "\n", 1) < 0)
		_exit(1);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void replay_file(void)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p;
	long n;

	if (!f || fseek(f, 0, SEEK_END) || (n = ftell(f)) < 0) {
		perror(path);
		exit(1);
	}
	rewind(f);
	p = malloc(n ? n : 1);
	if (!p || fread(p, 1, n, f) != (size_t)n)
		abort();
	fclose(f);
	LLVMFuzzerTestOneInput(p, n);
	free(p);
}

static unsigned int replay_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	unsigned int n = 0;

	if (!d) {
		perror(folder);
		exit(1);
	}
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		replay_file();
		n++;
	}
	closedir(d);
	return n;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	unsigned int n = 0;

	signal(SIGABRT, name_input);
	for (int i = 1; i < argc; i++)
		n += replay_folder(argv[i]);
	printf("%s %s: %u inputs\n", n ? "ok" : "not ok",
	       name ? name + 1 : argv[0], n);
	return !n;
}

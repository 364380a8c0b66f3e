// SPDX-License-Identifier: MIT
/*
 * failplan.c - failplan FILE: what can fail of the boot that FILE traced, a
 * line each: "N TURN KIND PLACE CALL", for call N of all.
 */
#include <stdio.h>
#include "failn.h"

static const struct {
	const char *name;
	unsigned int kinds;
} calls[] = {
#define X(name, kinds) {#name, kinds},
	FAILN_CALLS(X)
#undef X
};

static const char *const kind_names[] = FAILN_KIND_NAMES;

static struct failn f;

static void print(uint32_t n)
{
	uint32_t call = f.trace[n] >> 24, turn = 1;

	for (uint32_t i = 0; i < n; i++)
		turn += f.trace[i] == f.trace[n];
	for (unsigned int kind = 0; kind < FAILN_KINDS; kind++)
		if (calls[call].kinds & 1u << kind)
			printf("%u %u %s %x %s\n", n + 1, turn,
			       kind_names[kind], f.trace[n], calls[call].name);
}

int main(int argc, char **argv)
{
	FILE *in = argc == 2 ? fopen(argv[1], "rb") : NULL;

	if (!in || fread(&f, sizeof(f), 1, in) != 1 || f.count > FAILN_TRACE) {
		fputs("failplan: no whole trace\n", stderr);
		return 1;
	}
	for (uint32_t n = 0; n < f.count; n++)
		print(n);
	return 0;
}

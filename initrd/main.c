// SPDX-License-Identifier: MIT
/*
 * main.c - /init, the table of contents of a boot. README.md says what each
 * step does; each has the file of its name.
 */
#include <string.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "boot.h"
#include "console.h"
#include "fail.h"
#include "memory.h"
#include "switchroot.h"

static const struct {
	const char *name;
	int (*run)(struct boot *b);
} steps[] = {
	{"early", early_mounts},	{"sentinel", sentinel_check},
	{"policy", policy_load},	{"modules", modules_load},
	{"medium", medium_find},	{"link", link_up},
	{"address", address_get},	{"manifest", manifest_get},
	{"pieces", pieces_run},		{"memory", memory_check},
	{"layers", layers_load},	{"unpack", unpack_overlays},
	{"union", union_mount},		{"handover", handover_write},
	{"report", report_write},	{"switchroot", switchroot_run},
};

static struct boot boot;

static void run(size_t i)
{
	struct boot_step *s = &boot.steps[boot.n_steps++];
	struct fetch_stats before = boot.fetch.stats;
	int ret;

	fail_break(&boot, steps[i].name);
	s->name = steps[i].name;
	s->start_ms = s->stop_ms = clock_ms();
	boot.memory = 0;
	memory_sample(&boot);
	s->memory = boot.memory; /* for the report, which is a step itself */
	ret = steps[i].run(&boot);
	memory_sample(&boot);
	s->stop_ms = clock_ms();
	s->bytes = boot.fetch.stats.bytes - before.bytes;
	s->tries = boot.fetch.stats.retries - before.retries;
	s->memory = boot.memory;
	s->code = ret ? boot.error.code : CODE_NONE;
	if (ret)
		fail_boot(&boot);
	/* what a try that was repeated left is no result of the boot */
	boot.error.code = CODE_NONE;
}

int main(int argc, char **argv, char **envp)
{
	if (getpid() != 1) {
		console_say("this is PID 1 of an initrd, not a command");
		return 2;
	}
	boot.base_fd = boot.tree = -1;
	switchroot_args(argv, envp);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		run(i);
	fail_boot(&boot);
}

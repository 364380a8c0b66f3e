// SPDX-License-Identifier: MIT
/*
 * options.c - the sanitizers' own options. They are compiled in, because PID 1
 * and the DHCP handler have an environment that nobody chose for them.
 */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/* nsboot shows what appears below /san/log, whoever of the boot wrote it */
#define COMMON "log_path=/san/log/report:exitcode=99"

const char *__asan_default_options(void)
{
	/* a process that becomes another by execve leaks nothing */
	return COMMON ":detect_leaks=0:detect_stack_use_after_return=1";
}

const char *__ubsan_default_options(void)
{
	return COMMON ":print_stacktrace=1";
}

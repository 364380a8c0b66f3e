/* SPDX-License-Identifier: MIT */
/*
 * unit.h - unit tests that run twice from one source: on the host under
 * cmocka, and as a static klibc program, where there is no cmocka.
 *
 * A test file holds static void functions of no arguments that CHECK things,
 * and ends with UNIT_MAIN(UNIT_CASE(a), UNIT_CASE(b)). The first CHECK that
 * fails ends its case. Inside a table loop set unit_row to the row's name.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit_case {
	const char *name;
	void (*run)(void);
};

/* Shown with a failure: the row of the table that was being checked. */
static const char *unit_row __attribute__((unused));

static void unit_fail(const char *file, int line) __attribute__((noreturn));

static inline void unit_check(int ok, const char *cond, const char *file,
			      int line)
{
	if (ok)
		return;
	fprintf(stderr, "# %s:%d: [%s] %s\n", file, line,
		unit_row ? unit_row : "", cond);
	unit_fail(file, line);
}

static inline void unit_check_int(long long a, long long b, const char *cond,
				  const char *file, int line)
{
	if (a == b)
		return;
	fprintf(stderr, "# %s:%d: [%s] %s: %lld, not %lld\n", file, line,
		unit_row ? unit_row : "", cond, a, b);
	unit_fail(file, line);
}

static inline void unit_check_str(const char *a, const char *b,
				  const char *cond, const char *file, int line)
{
	if (a && b && !strcmp(a, b))
		return;
	fprintf(stderr, "# %s:%d: [%s] %s: '%s', not '%s'\n", file, line,
		unit_row ? unit_row : "", cond, a ? a : "(null)",
		b ? b : "(null)");
	unit_fail(file, line);
}

#define CHECK(cond) unit_check(!!(cond), #cond, __FILE__, __LINE__)
#define CHECK_INT(a, b) unit_check_int(a, b, #a " == " #b, __FILE__, __LINE__)
#define CHECK_STR(a, b) unit_check_str(a, b, #a " == " #b, __FILE__, __LINE__)

#define UNIT_CASE(f)                                                           \
	{                                                                      \
		#f, f                                                          \
	}
#define UNIT_MAIN(...)                                                         \
	int main(void)                                                         \
	{                                                                      \
		static const struct unit_case cases[] = {__VA_ARGS__};         \
                                                                               \
		return unit_main(cases, sizeof(cases) / sizeof(cases[0]));     \
	}

#ifdef __slipway_klibc__

static jmp_buf unit_out;

static void unit_fail(const char *file, int line)
{
	longjmp(unit_out, 1);
}

static inline int unit_main(const struct unit_case *cases, size_t n)
{
	static size_t i, bad; /* static: their values survive longjmp */

	for (i = 0; i < n; i++) {
		unit_row = NULL;
		if (setjmp(unit_out)) {
			printf("not ok %s\n", cases[i].name);
			bad++;
			continue;
		}
		cases[i].run();
		printf("ok %s\n", cases[i].name);
	}
	return bad ? 1 : 0;
}

#else

#include <cmocka.h>

#define UNIT_CASES_MAX 64

static void unit_fail(const char *file, int line)
{
	_fail(file, line);
	abort(); /* not reached: cmocka leaves the case */
}

static inline void unit_call(void **state)
{
	const struct unit_case *c = *state;

	unit_row = NULL;
	c->run();
}

static inline int unit_main(const struct unit_case *cases, size_t n)
{
	static struct CMUnitTest tests[UNIT_CASES_MAX];
	size_t i;

	if (n > UNIT_CASES_MAX)
		return 1;
	for (i = 0; i < n; i++) {
		tests[i].name = cases[i].name;
		tests[i].test_func = unit_call;
		tests[i].initial_state = (void *)&cases[i];
	}
	return _cmocka_run_group_tests("unit", tests, n, NULL, NULL) ? 1 : 0;
}

#endif
#endif

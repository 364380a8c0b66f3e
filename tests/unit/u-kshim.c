// SPDX-License-Identifier: MIT
/* u-kshim.c - gmtime() of initrd/kshim; on the host glibc judges the table. */
#include <time.h>

#include <sys/wait.h>
#include <unistd.h>
#include "unit.h"

static const struct {
	long long t;
	int year, mon, mday, hour, min, sec;
} rows[] = {
	{0, 1970, 1, 1, 0, 0, 0},
	{-1, 1969, 12, 31, 23, 59, 59},
	{86399, 1970, 1, 1, 23, 59, 59},
	{68169599, 1972, 2, 28, 23, 59, 59},
	{68169600, 1972, 2, 29, 0, 0, 0},
	{68256000, 1972, 3, 1, 0, 0, 0},
	{951782400, 2000, 2, 29, 0, 0, 0},
	{978307199, 2000, 12, 31, 23, 59, 59},
	{1709210096, 2024, 2, 29, 12, 34, 56},
	{2147483647, 2038, 1, 19, 3, 14, 7},
	{2147483648, 2038, 1, 19, 3, 14, 8},
	{4107542399, 2100, 2, 28, 23, 59, 59},
	{4107542400, 2100, 3, 1, 0, 0, 0},
	{253402300799, 9999, 12, 31, 23, 59, 59},
	{-2203891200, 1900, 3, 1, 0, 0, 0},
	{-2203891201, 1900, 2, 28, 23, 59, 59},
	{-62135596800, 1, 1, 1, 0, 0, 0},
};

static void dates(void)
{
	const struct tm *tm;
	unsigned int i;
	time_t t;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		t = rows[i].t;
		tm = gmtime(&t);
		CHECK(tm);
		CHECK_INT(tm->tm_year + 1900, rows[i].year);
		CHECK_INT(tm->tm_mon + 1, rows[i].mon);
		CHECK_INT(tm->tm_mday, rows[i].mday);
		CHECK_INT(tm->tm_hour, rows[i].hour);
		CHECK_INT(tm->tm_min, rows[i].min);
		CHECK_INT(tm->tm_sec, rows[i].sec);
	}
}

/* Every day of a cycle of 400 years, and some on either side: days in a row
 * are a day apart, and months have the lengths they have. */
static void days_in_a_row(void)
{
	static const int length[] = {31, 28, 31, 30, 31, 30,
				     31, 31, 30, 31, 30, 31};
	int year = 1600, mon = 0, mday = 1, leap;
	time_t t = -11676096000;

	for (; year < 2050; t += 86400) {
		const struct tm *tm = gmtime(&t);

		CHECK_INT(tm->tm_year + 1900, year);
		CHECK_INT(tm->tm_mon, mon);
		CHECK_INT(tm->tm_mday, mday);
		leap = (!(year % 4) && year % 100) || !(year % 400);
		if (++mday <= length[mon] + (mon == 1 && leap))
			continue;
		mday = 1;
		mon = (mon + 1) % 12;
		year += !mon;
	}
}

#ifdef __slipway_klibc__
/* Written past its end, a frame is not returned from. */
static __attribute__((noinline)) void smash(size_t n)
{
	volatile char buf[16];
	size_t i;

	for (i = 0; i < n; i++)
		*(&buf[0] + i) = (char)i;
}

static int end_of(size_t n)
{
	int status;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		close(2);
		smash(n);
		_exit(0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return status;
}

static void canary(void)
{
	int status = end_of(64);

	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 134);
	CHECK_INT(end_of(16), 0);
}
#else
static void canary(void)
{
}
#endif

UNIT_MAIN(UNIT_CASE(dates), UNIT_CASE(days_in_a_row), UNIT_CASE(canary))

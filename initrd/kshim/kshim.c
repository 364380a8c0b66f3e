// SPDX-License-Identifier: MIT
/*
 * kshim.c - what libcrypto calls and klibc lacks.
 */
#include <errno.h>
#include <stddef.h>
#include "fetch/raw.h"

#define DAY 86400

/* Year, month and day of a count of days since 1970-01-01, in the proleptic
 * Gregorian calendar, by the 400 year cycle that begins on a 1st of March. */
static void civil(long days, struct tm *tm)
{
	long shifted = days + 719468;
	long era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	long in_era = shifted - era * 146097;
	long year = (in_era - in_era / 1460 + in_era / 36524 -
		     in_era / 146096) / 365;
	long in_year = in_era - (365 * year + year / 4 - year / 100);
	long month = (5 * in_year + 2) / 153;

	tm->tm_mday = in_year - (153 * month + 2) / 5 + 1;
	tm->tm_mon = month < 10 ? month + 2 : month - 10;
	tm->tm_year = year + era * 400 + (tm->tm_mon <= 1) - 1900;
	/* libcrypto asks for neither the weekday nor the day of the year */
	tm->tm_wday = (days % 7 + 11) % 7;
	tm->tm_yday = 0;
	tm->tm_isdst = 0;
}

struct tm *gmtime(const time_t *t)
{
	static struct tm tm;
	long days = *t / DAY, rest = *t % DAY;

	if (rest < 0) {
		rest += DAY;
		days--;
	}
	civil(days, &tm);
	tm.tm_hour = rest / 3600;
	tm.tm_min = rest / 60 % 60;
	tm.tm_sec = rest % 60;
	return &tm;
}

long syscall(long nr, long a, long b, long c, long d, long e);

/* libcrypto asks getrandom(2) this way, with three arguments. */
long syscall(long nr, long a, long b, long c, long d, long e)
{
	long ret = raw_call(nr, a, b, c, d, e);

	if (ret >= 0)
		return ret;
	errno = (int)-ret;
	return -1;
}

/* SPDX-License-Identifier: MIT */
/* ktime.h - the broken-down time that libcrypto names and klibc lacks. */
#ifndef KTIME_H
#define KTIME_H

#ifndef __ASSEMBLER__
#include <time.h>

struct tm {
	int tm_sec, tm_min, tm_hour;
	int tm_mday, tm_mon, tm_year;
	int tm_wday, tm_yday, tm_isdst;
};

struct tm *gmtime(const time_t *t);
#endif

#endif

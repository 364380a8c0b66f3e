/* SPDX-License-Identifier: MIT */
/* logline.c - lines of a log as RFC 5424 wants them. */
#include "format/logline.h"
#include "format/text.h"

#define LOGLINE_DAEMON	 3
#define LOGLINE_HOST_MAX 64
#define LOGLINE_LAST_MS	 253402300799999ull /* of the year 9999 */

static void logline_number(struct text_out *o, uint64_t v, unsigned int digits,
			   const char *after)
{
	char text[4] = "0000";
	unsigned int i;

	for (i = digits; i; v /= 10)
		text[--i] = '0' + v % 10;
	text_put(o, (struct span){text, digits});
	text_put_str(o, after);
}

/* Days since 1970 to a date; years begin in March, so leap days end them. */
static void logline_date(struct text_out *o, uint64_t days)
{
	uint64_t z = days + 719468, era = z / 146097, doe = z % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint64_t mp = (5 * doy + 2) / 153;
	uint64_t month = mp < 10 ? mp + 3 : mp - 9;

	logline_number(o, yoe + era * 400 + (month <= 2), 4, "-");
	logline_number(o, month, 2, "-");
	logline_number(o, doy - (153 * mp + 2) / 5 + 1, 2, "T");
}

static void logline_time(struct text_out *o, uint64_t ms)
{
	uint64_t sec = ms / 1000;

	if (!ms || ms > LOGLINE_LAST_MS) {
		text_put_str(o, "-");
		return;
	}
	logline_date(o, sec / 86400);
	logline_number(o, sec / 3600 % 24, 2, ":");
	logline_number(o, sec / 60 % 60, 2, ":");
	logline_number(o, sec % 60, 2, ".");
	logline_number(o, ms % 1000, 3, "Z");
}

static bool logline_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':';
}

/* Returns whether anything was left to print. */
static bool logline_host(struct text_out *o, const char *host)
{
	unsigned int n = 0;

	for (; *host && n < LOGLINE_HOST_MAX; host++)
		if (logline_host_char(*host)) {
			text_put(o, (struct span){host, 1});
			n++;
		}
	return n;
}

int logline_print(char buf[LOGLINE_MAX], const struct logline *l)
{
	struct text_out o = {.buf = buf, .size = LOGLINE_MAX};
	const char *c;

	text_put_str(&o, "<");
	text_put_u64(&o, LOGLINE_DAEMON * 8 + l->severity);
	text_put_str(&o, ">1 ");
	logline_time(&o, l->wall_ms);
	text_put_str(&o, " ");
	if (!logline_host(&o, l->host))
		text_put_str(&o, "-");
	text_put_str(&o, " slipway - - [origin software=\"slipway\"");
	if (l->ip[0]) {
		text_put_str(&o, " ip=\"");
		logline_host(&o, l->ip);
		text_put_str(&o, "\"");
	}
	text_put_str(&o, "][meta sequenceId=\"");
	text_put_u64(&o, l->sequence);
	text_put_str(&o, "\"] ");
	for (c = l->text; *c && o.n < LOGLINE_MAX; c++)
		text_put(&o, *c < 0x20 || *c > 0x7e ? text_span("?")
						    : (struct span){c, 1});
	return o.n;
}

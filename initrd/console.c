// SPDX-License-Identifier: MIT
/*
 * console.c - one line a step, to the console and to the kernel's log. Names
 * and reasons may come from outside: what is not printable becomes '?'.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "console.h"
#include "file.h"
#include "syslog.h"

static int kmsg = -1;
static uint64_t last_progress_ms;

void console_open(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd >= 0) {
		for (int to = 0; to < 3; to++)
			dup2(fd, to);
		if (fd > 2)
			close(fd);
	}
	/* without a console no later file may become descriptor 0, 1 or 2 */
	do {
		fd = open("/dev/null", O_RDWR | O_NOCTTY);
	} while (fd >= 0 && fd < 3);
	if (fd >= 0)
		close(fd);
	if (kmsg < 0)
		kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
}

void console_clean(char *s)
{
	for (; *s; s++)
		if (*s < 0x20 || *s > 0x7e)
			*s = '?';
}

static void put(enum logline_severity severity, const char *text)
{
	char line[CONSOLE_LINE + 32];
	int n;

	n = snprintf(line, sizeof(line), "%s\n", text);
	if (n > 0)
		file_put(1, line, n);
	/* debug level: kept in the log, not shown a second time */
	n = snprintf(line, sizeof(line), "<7>%s\n", text);
	if (n > 0 && kmsg >= 0)
		file_put(kmsg, line, n);
	syslog_line(severity, text);
}

static void put_at(const char *text)
{
	uint64_t now = clock_ms();
	char line[CONSOLE_LINE + 1];

	snprintf(line, sizeof(line), "slipway: %llu.%03u %s",
		 (unsigned long long)(now / 1000), (unsigned int)(now % 1000),
		 text);
	console_clean(line);
	put(LOGLINE_INFO, line);
}

void console_say(const char *fmt, ...)
{
	char text[CONSOLE_LINE - 40];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put_at(text);
}

const char *console_mb(uint64_t bytes, char buf[24])
{
	uint64_t tenths = bytes / 100000;

	snprintf(buf, 24, "%llu.%u MB", (unsigned long long)(tenths / 10),
		 (unsigned int)(tenths % 10));
	return buf;
}

/* ", 512 MB/s, 3 s left" once a rate is known. */
static void say_rate(char *buf, size_t size, const struct fetch_progress *p)
{
	uint64_t left = p->total - p->done;

	buf[0] = '\0';
	if (p->rate)
		snprintf(buf, size, ", %llu.%llu MB/s, %llu s left",
			 (unsigned long long)(p->rate / 1000000),
			 (unsigned long long)(p->rate / 100000 % 10),
			 (unsigned long long)(left / p->rate + 1));
}

bool console_progress(const struct fetch_progress *p)
{
	uint64_t now = clock_ms();
	char a[24], b[24], rate[64];

	/* what takes less than a second is not worth a line */
	if (!last_progress_ms || !p->done)
		last_progress_ms = now;
	if (now - last_progress_ms < 1000 || p->done >= p->total)
		return false;
	last_progress_ms = now;
	say_rate(rate, sizeof(rate), p);
	console_say("fetch %s %s of %s, %u %%%s, %u connections, %u mirrors",
		    p->object, console_mb(p->done, a), console_mb(p->total, b),
		    (unsigned int)(p->done / (p->total / 100 + 1)), rate,
		    p->connections, p->mirrors);
	return true;
}

void console_fail(const struct fetch_error *e, const char *next)
{
	char line[CONSOLE_LINE + 1], name[24];
	size_t tail = strlen(next) + strlen("; next: ");
	int n;

	fetch_error_name(e, name);
	n = snprintf(line, sizeof(line), "slipway: %s: %s", name, e->text);
	if (n < 0)
		return;
	/* the reason is cut before what happens next is */
	if (tail < CONSOLE_LINE && (size_t)n > CONSOLE_LINE - tail)
		n = CONSOLE_LINE - tail;
	snprintf(line + n, sizeof(line) - n, "; next: %s", next);
	console_clean(line);
	put(LOGLINE_ERR, line);
}

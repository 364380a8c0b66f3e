// SPDX-License-Identifier: MIT
/* error.c - one failure as a code and one printable line. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include "fetch/error.h"

int fetch_fail(struct fetch_error *e, enum code code, const char *fmt, ...)
{
	va_list ap;
	char *p;

	e->code = code;
	e->status = 0;
	e->lost = false;
	e->text[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	/* names and redirects come from servers: no escapes on a console */
	for (p = e->text; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	return -EPROTO;
}

const char *fetch_error_name(const struct fetch_error *e, char buf[24])
{
	if (e->code == CODE_FETCH && e->status)
		snprintf(buf, 24, "%s-%u", code_name(e->code), e->status);
	else
		snprintf(buf, 24, "%s", code_name(e->code));
	return buf;
}

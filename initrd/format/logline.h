/* SPDX-License-Identifier: MIT */
/* logline.h - one line of a log for a remote receiver (RFC 5424). */
#ifndef FORMAT_LOGLINE_H
#define FORMAT_LOGLINE_H

#include "format/env.h"

#define LOGLINE_MAX 480 /* what every receiver takes (RFC 5424, 6.1) */

enum logline_severity { LOGLINE_ERR = 3, LOGLINE_INFO = 6 };

struct logline {
	enum logline_severity severity;
	uint64_t wall_ms;      /* since 1970; 0: not known */
	const char *host;      /* "": not known */
	const char *ip;	       /* of this machine; "": not known */
	unsigned int sequence; /* 1.. */
	const char *text;
};

/*
 * logline_print - facility daemon, application slipway, origin and sequenceId.
 *
 * What no host name may hold is left out of @host and @ip, what is not
 * printable becomes '?', and @text is cut where LOGLINE_MAX ends. Returns the
 * length; there is no newline and no NUL.
 */
int logline_print(char buf[LOGLINE_MAX], const struct logline *l);

#endif

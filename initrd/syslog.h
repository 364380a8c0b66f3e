/* SPDX-License-Identifier: MIT */
/*
 * syslog.h - what the console says, also to slipway.syslog=HOST[:PORT]: RFC
 * 5424 over UDP (RFC 5426). A process of its own finds the host and sends, so
 * that nothing here ever waits for a network.
 */
#ifndef SYSLOG_H
#define SYSLOG_H

#include "boot.h"
#include "format/logline.h"

/*
 * syslog_line - queue @text, or hand it to the process. The oldest are lost
 * where there are too many before there is an address, the newest afterwards.
 */
void syslog_line(enum logline_severity severity, const char *text);

/* syslog_open - there is an address now: start, if b->args asks for it. */
void syslog_open(struct boot *b);

/* syslog_close - let what is queued go out, at most @ms; then no more. */
void syslog_close(unsigned int ms);

#endif

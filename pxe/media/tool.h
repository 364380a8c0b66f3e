/* SPDX-License-Identifier: MIT */
/* tool.h - the programs that write media, run so that they repeat themselves.
 */
#ifndef MEDIA_TOOL_H
#define MEDIA_TOOL_H

#include <stdint.h>

/* tool_time - what they take for the time: seconds since 1970. */
void tool_time(uint64_t t);

/* tool_run - NULL terminated; dies with the last line of what it said unless
 * it exits with 0. */
void tool_run(const char *const *argv);

/* tool_read - the same, returning the whole output (malloc-ed). What goes to
 * standard error is kept for the message. */
char *tool_read(const char *const *argv);

/* tool_scratch - a folder of our own, removed when we end (malloc-ed). */
char *tool_scratch(void);

#endif

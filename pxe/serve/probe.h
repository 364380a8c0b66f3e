/* SPDX-License-Identifier: MIT */
/* probe.h - ask a forwarded port until a page answers. */
#ifndef SERVE_PROBE_H
#define SERVE_PROBE_H

/*
 * probe_start - GET http://@addr:@port/@path over and over, in a thread
 * of its own, until it answers 200 and the page holds @text (NULL: anything).
 *
 * Returns a descriptor that becomes readable then. Dies when it cannot start.
 */
int probe_start(const char *addr, unsigned int port, const char *path,
		const char *text);

#endif

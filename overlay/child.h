/* SPDX-License-Identifier: MIT */
/*
 * child.h - a child with mount, process, host name and IPC namespaces of its
 * own: when it ends, however it ends, nothing that it mounted or started is
 * left.
 */
#ifndef OVERLAY_CHILD_H
#define OVERLAY_CHILD_H

#include <stdbool.h>
#include <stddef.h>

struct child {
	const char *what;	    /* "role web: the build", for messages */
	const char *work;	    /* where it mounts first */
	bool net;		    /* a network of its own as well: loopback */
	void (*inside)(void *user); /* what it does; dies or returns */
	void *user;
	void *result; /* filled by inside(), handed to the parent */
	size_t size;  /* at most PIPE_BUF */
};

/*
 * child_run - returns 0 with the result there, or -1 when the child, which
 * has said why, ended without one. Dies when there can be no child.
 */
int child_run(const struct child *c);

#endif

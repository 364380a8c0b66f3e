/* SPDX-License-Identifier: MIT */
/*
 * outbox.h - the report on its way to a server. It is put into
 * /run/slipway/outbox first and leaves it once a server has taken it: what
 * could not be sent in time is sent by the booted system (slipway-report(1)).
 * No boot waits for any of it.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include "boot.h"

#define OUTBOX_BOOT_SEC 10 /* the sender lives on into the booted system */
#define OUTBOX_FAIL_SEC 2  /* a failure with no wait of its own waits so long */

/* outbox_boot - this boot's random number, in hex. */
const char *outbox_boot(const struct boot *b);

/*
 * outbox_send - keep @text and start a process that sends it and ends after
 * @sec seconds at the latest; a boot that has failed is reported again and
 * again until then. Where the report goes say slipway.report= and the policy.
 *
 * Returns the process, or 0 when nothing is sent. Takes no time.
 */
pid_t outbox_send(struct boot *b, struct span text, unsigned int sec);

/*
 * outbox_wait - until @pid of outbox_send() has ended, at most @ms. Was the
 * report taken?
 */
bool outbox_wait(pid_t pid, uint64_t ms);

#endif

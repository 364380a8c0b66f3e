/* SPDX-License-Identifier: MIT */
/* nodriver.h - network cards that nobody drives, and why. */
#ifndef NODRIVER_H
#define NODRIVER_H

#include "format/env.h"

/*
 * nodriver_text - into @buf, ready to follow a sentence: "; no driver for
 * 8086:10d3 (17aa:2101)" for each PCI function of class network that has no
 * driver, in vendor:device (subsystem) form, and "; firmware NAME missing" for
 * what the kernel asked for in vain. "" when there is nothing to say.
 *
 * Returns how many things it names. Cut, never overrun, at @size.
 */
int nodriver_text(char *buf, size_t size);

/* nodriver_say - a line on the console for each of them. */
void nodriver_say(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * state.h - what a publish leaves to the next: the serial, and the manifest
 * that waits for its signatures. All die when they cannot.
 */
#ifndef PUBLISH_STATE_H
#define PUBLISH_STATE_H

#include <stdint.h>

#include "host/site.h"

/* state_take_serial - before the manifest is there: a serial may be lost,
 * never used twice. past_serial() reads it. */
void state_take_serial(const struct site *s, uint64_t serial);

/* state_wait - keep the text that waits; state_waiting - that text, NUL
 * terminated; state_done - none waits any more. */
void state_wait(const struct site *s, const char *text, size_t size);
char *state_waiting(const struct site *s, size_t *size);
void state_done(const struct site *s);

#endif

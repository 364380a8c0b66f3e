/* SPDX-License-Identifier: MIT */
/* fail.h - when a step has failed: say so, then do what the policy says. */
#ifndef FAIL_H
#define FAIL_H

#include "boot.h"

/* fail_boot - print b->error, wait, reboot or halt. Never returns. */
void fail_boot(struct boot *b) __attribute__((noreturn));

/* fail_break - a shell before @step, if asked for and the policy allows. */
void fail_break(const struct boot *b, const char *step);

#endif

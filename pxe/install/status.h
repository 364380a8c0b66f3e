/* SPDX-License-Identifier: MIT */
/* status.h - what this disk has, and what boots next. */
#ifndef INSTALL_STATUS_H
#define INSTALL_STATUS_H

#include "update.h"

/* status_print - on standard output; @json: as one object. */
void status_print(struct update *u, bool json);

#endif

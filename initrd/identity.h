/* SPDX-License-Identifier: MIT */
/* identity.h - what the firmware calls this machine. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "format/manifest.h"

/* identity_read - fill uuid and serial out of DMI; "" where there is none. */
void identity_read(struct manifest_machine *m);

#endif

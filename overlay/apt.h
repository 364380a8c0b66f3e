/* SPDX-License-Identifier: MIT */
/* apt.h - a role's packages, by the base's own apt-get. */
#ifndef OVERLAY_APT_H
#define OVERLAY_APT_H

#include "build.h"

/* apt_install - install packages=, or die naming what there is none of. */
void apt_install(const struct build *b);

#endif

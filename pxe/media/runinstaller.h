/* SPDX-License-Identifier: MIT */
/* runinstaller.h - the real installer, run unattended in QEMU. */
#ifndef MEDIA_RUNINSTALLER_H
#define MEDIA_RUNINSTALLER_H

/* Kernel words of a stick that installs the role they are printed with. */
#define RUNINSTALLER_WORDS                                                     \
	"slipway.install slipway.install.role=%s "                             \
	"slipway.install.persistent-percent=%u slipway.install.timeout=%u "    \
	"slipway.install.end=poweroff slipway.panic=halt,0 "                   \
	"no_timer_check"

/*
 * runinstaller - start a machine with the image @stick on USB and the empty
 * image @target as its one disk, and wait until it has powered itself off. Its
 * console goes to @log. Dies when that takes over an hour, or when the target
 * then has no boot sector of GRUB's.
 */
void runinstaller(const char *stick, const char *target, const char *log);

#endif

/* SPDX-License-Identifier: MIT */
/* firmware.h - the machine's own list of what to start (UEFI 2.10, 3.1). */
#ifndef INSTALL_FIRMWARE_H
#define INSTALL_FIRMWARE_H

/*
 * firmware_entry - put an entry "slipway" for partition @part of @disk first,
 * and take older ones of that name away. Where there is no UEFI or no
 * efibootmgr nothing is done: firmware finds the removable path by itself. A
 * failure is said, and is none of the install's.
 */
void firmware_entry(const char *disk, unsigned int part);

#endif

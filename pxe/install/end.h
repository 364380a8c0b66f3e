/* SPDX-License-Identifier: MIT */
/* end.h - what the machine does when it is installed. */
#ifndef INSTALL_END_H
#define INSTALL_END_H

/* end_check - exit 2 unless @action is NULL, none, poweroff, reboot or shell.
 * end_do - do it; returns for none, and dies when it cannot. */
void end_check(const char *action);
void end_do(const char *action);

#endif

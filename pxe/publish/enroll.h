/* SPDX-License-Identifier: MIT */
/*
 * enroll.h - a site's Secure Boot keys (UEFI 2.9, 32.3 to 32.5), a folder:
 *
 *	PK.* KEK.* db.*		.key, .crt (PEM), .cer (DER), .esl, .auth
 *	enroll/			what a stick or an ESP must hold to have them
 *				taken by a machine in setup mode
 */
#ifndef PUBLISH_ENROLL_H
#define PUBLISH_ENROLL_H

/*
 * enroll_make - make what is missing of it in @dir, for @site. @also: more
 * certificates for db (DER or PEM files, a line each), or NULL. Dies when it
 * cannot.
 */
void enroll_make(const char *dir, const char *site, const char *also);

/* enroll_ovmf - @vars becomes OVMF's variable store with these keys in, by a
 * boot of QEMU with enroll/. */
void enroll_ovmf(const char *dir, const char *vars);

#endif

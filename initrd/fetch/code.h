/* SPDX-License-Identifier: MIT */
/*
 * code.h - every failure a boot can end with, by its stable name. slipway(7)
 * has the cause and the cure of each, and a test triggers each.
 */
#ifndef FETCH_CODE_H
#define FETCH_CODE_H

#define CODE_LIST(X)                                                          \
	X(INITRD, "E-INITRD")	/* initrd cut, padded or altered */           \
	X(POLICY, "E-POLICY")	/* baked policy or anchor unreadable */       \
	X(BOOT, "E-BOOT")	/* mount of proc, sys, dev, tmpfs failed */   \
	X(MODULE, "E-MODULE")	/* a needed kernel module will not load */    \
	X(LINK, "E-LINK")	/* no NIC, or none with carrier */            \
	X(DHCP, "E-DHCP")	/* no usable lease */                         \
	X(DNS, "E-DNS")		/* name does not resolve */                   \
	X(URL, "E-URL")		/* no URL, or not one we accept */            \
	X(MEDIUM, "E-MEDIUM")	/* disk, stick or CD missing or unreadable */ \
	X(CONNECT, "E-CONNECT")	/* refused, unreachable, timed out */         \
	X(TLS, "E-TLS")		/* handshake or certificate refused */        \
	X(STALL, "E-STALL")	/* connected, then too slow or silent */      \
	X(CUT, "E-CUT")		/* connection ended early */                  \
	X(HTTP, "E-HTTP")	/* response is not one we accept */           \
	X(LEN, "E-LEN")		/* length differs from what was signed */     \
	X(REDIR, "E-REDIR")	/* redirect refused */                        \
	X(FETCH, "E-FETCH")	/* HTTP status; printed as E-FETCH-404 */     \
	X(HASH, "E-HASH")	/* digest differs from what was signed */     \
	X(CAGE, "E-CAGE")	/* a process that parses died, hung or lied */ \
	X(SIG, "E-SIG")		/* signature or certificate refused */        \
	X(MAN, "E-MAN")		/* signed text is not a manifest we know */   \
	X(SITE, "E-SITE")	/* manifest of another site */                \
	X(FLOOR, "E-FLOOR")	/* serial or epoch below what is accepted */  \
	X(SERIAL, "E-SERIAL")	/* not the serial that was asked for */       \
	X(EXPIRED, "E-EXPIRED")	/* manifest past its date */                  \
	X(ROLE, "E-ROLE")	/* no such role, or none for this machine */  \
	X(PIECE, "E-PIECE")	/* a program that a role packed has failed */ \
	X(INDEX, "E-INDEX")	/* index contradicts itself or manifest */    \
	X(MEM, "E-MEM")		/* not enough memory, with both numbers */    \
	X(SPACE, "E-SPACE")	/* tmpfs full */                              \
	X(SQFS, "E-SQFS")	/* verified, but not a squashfs we mount */   \
	X(LOOP, "E-LOOP")	/* no loop device */                          \
	X(MOUNT, "E-MOUNT")	/* layer or union does not mount */           \
	X(GZIP, "E-GZIP")	/* overlay does not inflate */                \
	X(CPIO, "E-CPIO")	/* overlay's archive refused */               \
	X(GRANT, "E-GRANT")	/* overlay holds what its role may not */     \
	X(INIT, "E-INIT")	/* no usable init in the new root */          \
	X(SYS, "E-SYS")		/* a system call failed */

enum code {
	CODE_NONE,
#define X(id, name) CODE_##id,
	CODE_LIST(X)
#undef X
	CODE_COUNT
};

/* code_name - "E-HASH" and so on; "" for CODE_NONE. */
const char *code_name(enum code c);

#endif

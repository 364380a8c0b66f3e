/* SPDX-License-Identifier: MIT */
/*
 * handover.h - parts of the hand-over: what the new root has, whose the NIC
 * is there, and the files that its network service wants. Paths of the new
 * root have no leading '/' and are resolved inside it.
 */
#ifndef HANDOVER_H
#define HANDOVER_H

#include "boot.h"
#include "format/netconf.h"

#define HANDOVER_FILE_MAX (64 << 10) /* of a file that is read */
#define HANDOVER_PATH_MAX 256
#define HANDOVER_NAME_MAX 128 /* longer names are nobody's that counts */
#define HANDOVER_IDS_MAX  8

/* handover_root_has - is @path there, at the end of its symlinks? */
bool handover_root_has(int root, const char *path);

/* handover_root_enabled - does systemd start @unit there, by itself? */
bool handover_root_enabled(int root, const char *unit);

/*
 * handover_root_read - @path into @buf, NUL terminated; a longer file's begin.
 *
 * Returns the length, or -errno; 0 for what is no regular file.
 */
int handover_root_read(int root, const char *path, char *buf, size_t size);

/*
 * handover_root_put - a file of @mode as @name into @dir, which is made where
 * it is missing, through a temporary beside it. What @name was is replaced,
 * also a symlink. 0 or -errno.
 */
int handover_root_put(int root, const char *dir, const char *name,
		      struct span text, unsigned int mode);

/*
 * handover_root_list - the @nth entry of @dir whose name ends with @suffix,
 * in no order that means anything. 0, -ENOENT at the end, or -errno.
 */
int handover_root_list(int root, const char *dir, const char *suffix,
		       unsigned int nth, char name[HANDOVER_NAME_MAX]);

/*
 * handover_renderer - who is to keep the network in the new root: a @kind of
 * netconf.h, or NETCONF_KINDS when there is nobody. @others gets the kinds
 * that are at work there, as bits.
 */
enum netconf_kind handover_renderer(int root, unsigned int *others);

/*
 * handover_owner - the file of the kinds in @kinds, as bits, that names the
 * NIC. Was there one?
 */
bool handover_owner(int root, unsigned int kinds, const struct netconf *c,
		    char path[HANDOVER_PATH_MAX]);

/*
 * handover_render - write what @kind wants. 0 or -errno, and then @path says
 * which file it was.
 */
int handover_render(int root, enum netconf_kind kind, const struct netconf *c,
		    char path[HANDOVER_PATH_MAX]);

/* handover_kind_name - "systemd-networkd", for messages. */
const char *handover_kind_name(enum netconf_kind kind);

/*
 * handover_identity - host name and machine-id of the new root, where it has
 * none of its own.
 */
void handover_identity(const struct boot *b, int root);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * state.h - what an installed machine has decided: the releases it trusts and
 * the one it is to boot. Two copies, slipway/state.0 and state.1 on the BOOT
 * file system, each whole in one sector of a disk; the older one is written.
 *
 *	slipway-state 1
 *	count N			which copy is newer
 *	epoch N, floor N	lowest manifest still accepted
 *	good N			the last release that was confirmed
 *	chosen N		the one to boot; is on trial when not good
 *	pin N			stay with that one; 0: follow the site
 *	bad N			did not come up (up to STATE_BAD_MAX lines)
 *	sum SHA256		of all before it
 */
#ifndef INSTALL_STATE_H
#define INSTALL_STATE_H

#include "format/digest.h"
#include "format/text.h"

#define STATE_SIZE    512
#define STATE_BAD_MAX 4

struct state {
	uint64_t count, epoch, floor, good, chosen, pin;
	unsigned int n_bad;
	uint64_t bad[STATE_BAD_MAX]; /* oldest first */
};

/* state_parse - decode one copy; 0 or -EBADMSG, @s not to be used then. */
int state_parse(struct state *s, struct span text);

/* state_print - encode into STATE_SIZE bytes, the rest of which is newlines. */
void state_print(const struct state *s, char buf[STATE_SIZE]);

/*
 * state_load - the newer good copy in the folder @home. Returns how many
 * copies were good: 0 leaves @s all zero.
 */
int state_load(struct state *s, const char *home);

/* state_save - over the older copy or the bad one, on the disk when it
 * returns; raises s->count. Dies naming the file. */
void state_save(struct state *s, const char *home);

/* state_is_bad, state_add_bad - releases that did not come up. */
bool state_is_bad(const struct state *s, uint64_t serial);
void state_add_bad(struct state *s, uint64_t serial);
void state_drop_bad(struct state *s, uint64_t serial);

#endif

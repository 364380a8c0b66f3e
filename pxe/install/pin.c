// SPDX-License-Identifier: MIT
/* pin.c - one machine stays with one release. */
#include <stdio.h>

#include "host/error.h"
#include "pin.h"
#include "releases.h"

void pin_to(struct update *u, uint64_t serial, bool once)
{
	struct fetch_error e = {0};
	char name[24];

	if (serial && !releases_have(u, serial))
		die("release %llu: not on this disk (see 'slipway update status')",
		    (unsigned long long)serial);
	if (serial && releases_check(u, serial, &e))
		die("%s: %s", fetch_error_name(&e, name), e.text);
	if (once) {
		u->env.once = serial;
	} else {
		u->state.pin = serial;
		u->env.once = 0;
		if (serial) {
			u->state.chosen = serial;
			state_drop_bad(&u->state, serial);
		}
	}
	update_save(u, GRUBENV_TRIES);
	if (serial)
		printf("release %llu: %s\n", (unsigned long long)serial,
		       once ? "boots next, once" : "pinned");
	else
		puts("not pinned: follows the site");
}

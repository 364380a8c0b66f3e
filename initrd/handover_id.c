// SPDX-License-Identifier: MIT
/*
 * handover_id.c - who the machine is, in the new root: a base is everybody's
 * and brings no host name and no machine-id, or should not.
 */
#include <string.h>
#include <unistd.h>
#include "console.h"
#include "handover.h"

/* Is @path missing, empty, or only @word? A base's own value stays. */
static bool unset(int root, const char *path, const char *word)
{
	char buf[128];
	int n = handover_root_read(root, path, buf, sizeof(buf));

	if (n < 0)
		return n == -ENOENT;
	buf[strcspn(buf, "\n")] = '\0';
	return !buf[0] || !strcmp(buf, word);
}

static void put_line(int root, const char *name, const char *value,
		     unsigned int mode)
{
	char line[80];
	struct text_out o = {.buf = line, .size = sizeof(line)};
	int ret;

	text_put_str(&o, value);
	text_put_str(&o, "\n");
	ret = handover_root_put(root, "etc", name, (struct span){line, o.n},
				mode);
	if (ret)
		console_say("/etc/%s: not written: %s", name, strerror(-ret));
}

void handover_identity(const struct boot *b, int root)
{
	const char *host = b->has_lease ? b->lease.hostname : "";
	char id[NETCONF_ID_SIZE];

	if (host[0]) {
		sethostname(host, strlen(host));
		if (unset(root, "etc/hostname", "localhost"))
			put_line(root, "hostname", host, 0644);
	}
	if (unset(root, "etc/machine-id", "uninitialized") &&
	    !netconf_machine_id(b->machine.uuid, b->machine.mac, id))
		put_line(root, "machine-id", id, 0444);
}

/* SPDX-License-Identifier: MIT */
/* vendor.c - Debian and Ubuntu. */
#include <string.h>
#include "format/env.h"
#include "vendor.h"

enum { DEBIAN, UBUNTU };

static const struct vendor vendors[] = {
	[DEBIAN] = {"debian", "/usr/share/keyrings/debian-archive-keyring.gpg",
		    "debian-archive-keyring", NULL},
	[UBUNTU] = {"ubuntu", "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
		    "ubuntu-keyring", "generic"},
};

/* Suites of Ubuntu by name; for those that are not out yet there is vendor=. */
static const char *const ubuntu[] = {"bionic",	 "focal",  "jammy",   "noble",
				     "oracular", "plucky", "questing"};

const struct vendor *vendor_of(const char *name, const char *suite)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(vendors); i++)
		if (!strcmp(name, vendors[i].name))
			return &vendors[i];
	if (name)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(ubuntu); i++)
		if (!strcmp(suite, ubuntu[i]))
			return &vendors[UBUNTU];
	return &vendors[DEBIAN];
}

/* Ubuntu serves all but two of its architectures elsewhere. */
static int is_port(const char *arch)
{
	return strcmp(arch, "amd64") && strcmp(arch, "i386");
}

const char *vendor_main(const struct vendor *v, const char *arch)
{
	if (v == &vendors[DEBIAN])
		return "http://deb.debian.org/debian";
	return is_port(arch) ? "http://ports.ubuntu.com/ubuntu-ports"
			     : "http://archive.ubuntu.com/ubuntu";
}

const char *vendor_security(const struct vendor *v, const char *arch)
{
	if (v == &vendors[DEBIAN])
		return "http://deb.debian.org/debian-security";
	return is_port(arch) ? "http://ports.ubuntu.com/ubuntu-ports"
			     : "http://security.ubuntu.com/ubuntu";
}

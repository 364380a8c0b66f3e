// SPDX-License-Identifier: MIT
/*
 * pkgfiles.c - files of package tools.
 */
#include "format/env.h"
#include "format/text.h"
#include "host/pkgfiles.h"

bool pkgfiles_shared(const char *path)
{
	static const char *const globs[] = {
		"var/lib/dpkg/*", "var/lib/apt/extended_states",
		"var/cache/debconf/*", "var/cache/ldconfig/*",
		"etc/ld.so.cache"};

	for (size_t i = 0; i < ARRAY_SIZE(globs); i++)
		if (text_glob(text_span(globs[i]), text_span(path)))
			return true;
	return false;
}

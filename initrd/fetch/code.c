// SPDX-License-Identifier: MIT
/* code.c - the printed name of every failure. */
#include "fetch/code.h"

const char *code_name(enum code c)
{
	static const char *const names[CODE_COUNT] = {[CODE_NONE] = "",
#define X(id, name) [CODE_##id] = name,
						      CODE_LIST(X)
#undef X
	};

	return (unsigned int)c < CODE_COUNT ? names[c] : "";
}

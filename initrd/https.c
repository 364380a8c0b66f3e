// SPDX-License-Identifier: MIT
/* https.c - the anchors for TLS that this initrd was packed with. */
#include <sys/mman.h>
#include <time.h>
#include "console.h"
#include "fetch/tls.h"
#include "fetch/trust.h"
#include "file.h"
#include "https.h"

static const struct fetch_tls *unusable(const char *why)
{
	console_say("https: %s: %s", POLICY_TLS_PATH, why);
	return NULL;
}

const struct fetch_tls *https_setup(const struct boot *b)
{
	static struct fetch_tls t = {.client = tls_client};
	void *p = mmap(NULL, POLICY_TLS_MAX, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t now = time(NULL);
	int n;

	if (p == MAP_FAILED)
		return unusable(strerror(errno));
	n = file_read(POLICY_TLS_PATH, p, POLICY_TLS_MAX);
	if (n <= 0)
		munmap(p, POLICY_TLS_MAX);
	if (n == -ENOENT)
		return NULL;
	if (n <= 0)
		return unusable(n ? strerror(-n) : "empty");
	t.roots = p;
	t.roots_size = (size_t)n;
	if (trust_clock(now, b->policy.built))
		t.now = now;
	else
		console_say("https: the clock is not believed, dates of "
			    "certificates are not checked");
	return &t;
}

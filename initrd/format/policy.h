/* SPDX-License-Identifier: MIT */
/*
 * policy.h - what the initrd was packed with: the site's rules, which the
 * command line may tighten and never loosen. A file of "key value" lines at
 * POLICY_PATH, covered by the initrd's own list of digests (filelist.h).
 */
#ifndef FORMAT_POLICY_H
#define FORMAT_POLICY_H

#include "format/text.h"

#define POLICY_PATH "/slipway/policy"
#define POLICY_ROOT_PATH "/slipway/root.der"	/* trust anchors: anchor.h */
#define POLICY_TLS_PATH "/slipway/tls.der"	/* for https: X.509 DER, each
						   after the other; may lack */
#define POLICY_TLS_MAX (1u << 20)
#define POLICY_MAGIC "slipway-policy 1\n"
#define POLICY_SIZE_MAX 8192
#define POLICY_URLS_MAX 8
#define POLICY_SIGNERS_MAX 4

struct policy {
	struct span site;		/* manifest must be of this site */
	uint64_t epoch, floor;		/* lowest accepted */
	uint64_t built;			/* no clock is older than this */
	bool rescue;			/* "mode rescue": a shell may open */
	bool stale_refuse;		/* "stale refuse": else warn */
	bool upper_disk;		/* "upper disk": what is written may
					   live on a disk; nobody signs it */
	struct span kernel;		/* release the modules here are for */
	unsigned int n_urls;
	struct span urls[POLICY_URLS_MAX];
	struct span role;		/* default role, or n 0 */
	struct span report;		/* where reports go (url_report_ok),
					   or n 0: nowhere */
	unsigned int signers;		/* keys that must sign a manifest */
};

/* policy_parse - as manifest_parse; unknown keys are -ENOTSUP. */
int policy_parse(struct policy *p, struct span text, struct fault *f);

/* policy_print - returns the length, or -EOVERFLOW. */
int policy_print(const struct policy *p, char *buf, size_t size);

#endif

/* SPDX-License-Identifier: MIT */
/* vendor.h - whose suite it is: where it comes from, who signs it. */
#ifndef BASEFS_VENDOR_H
#define BASEFS_VENDOR_H

struct vendor {
	const char *name;    /* "debian", "ubuntu" */
	const char *keyring; /* of the archive's signers */
	const char *package; /* that brings it */
	const char *kernel;  /* what follows linux-image-, NULL: the
				architecture */
};

/* vendor_of - by @name ("debian", "ubuntu"; NULL: by the name of the suite,
 * else Debian); NULL when there is none of that name. */
const struct vendor *vendor_of(const char *name, const char *suite);

/* vendor_main, vendor_security - where the vendor itself serves @arch. */
const char *vendor_main(const struct vendor *v, const char *arch);
const char *vendor_security(const struct vendor *v, const char *arch);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * site.h - one operator's fleet, a folder; and the INI style files in it.
 *
 *	site.conf		[site] name, url, report, default-role
 *	bases/NAME/base.conf	roles/NAME/role.conf	keys/	public/
 *	build/			what one verb leaves for the next:
 *	  bases/NAME/base.squashfs, base.info
 *	  overlays/ROLE/overlay.cpio.gz, overlay.info
 *	  initrd/BASE/vmlinuz, initrd.img, initrd.info; core.img, drv/DRIVER.img,
 *	    drivers.info
 *	state/			what must survive a clean: serial,
 *				reports.db
 *
 * *.info are INI files too, written by our own tools.
 */
#ifndef HOST_SITE_H
#define HOST_SITE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * One "key = value" of an INI file. '#' or ';' begins a comment line; a line
 * that begins with a blank goes on with the value before it.
 */
struct ini_item {
	char *section, *key, *value;
	unsigned int line;
};

struct ini {
	char *path;
	size_t n;
	struct ini_item *items;
};

/*
 * ini_read - read a file. Returns 0 or -errno; a malformed line dies with
 * path and line. ini_get - the last value of @key in @section, or NULL.
 * ini_need - the same, dying with the file's name when it is missing.
 */
int ini_read(struct ini *ini, const char *path);
const char *ini_get(const struct ini *ini, const char *section,
		    const char *key);
const char *ini_need(const struct ini *ini, const char *section,
		     const char *key);
void ini_free(struct ini *ini);

/* ini_known - die (path, line, key) on a key of @section not in @keys. */
void ini_known(const struct ini *ini, const char *section,
	       const char *const *keys);

struct site {
	char *dir;			/* absolute */
	struct ini conf;
	const char *name, *url;		/* of [site] */
	const char *default_role;	/* or NULL */
};

/*
 * site_open - find site.conf in @dir (NULL: the working directory and its
 * parents, as git does), read and check it, or die with what to do.
 */
void site_open(struct site *s, const char *dir);

/* site_path - malloc-ed "dir/..." from a printf format. */
char *site_path(const struct site *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * site_list - names of the folders in @sub ("roles", "bases") that hold
 * @file, sorted; malloc-ed, NULL terminated.
 */
char **site_list(const struct site *s, const char *sub, const char *file);

/* site_programs - the folder that this program is in, malloc-ed; needs the
 * /proc of the caller's PID namespace, or dies. */
char *site_programs(void);

/*
 * site_share - what comes with slipway, "roles" or "helpers": below
 * $SLIPWAY_SHARE, beside the installed program, or in the source tree it was
 * built in; malloc-ed, NULL when it is nowhere.
 */
char *site_share(const char *what);

/*
 * site_role_dir - the folder of role @name: the first that has a role.conf of
 * SITE/roles, the folders of [site] roles-path= (relative to the site), and
 * the stock roles; malloc-ed, or NULL when there is none.
 */
char *site_role_dir(const struct site *s, const char *name);

/* site_cache - the folder of what need not be made or fetched again: $CACHE,
 * else slipway below $XDG_CACHE_HOME or ~/.cache; malloc-ed. */
char *site_cache(void);

/* site_name_ok - may @name be a role, base or site name? (text_name_ok) */
bool site_name_ok(const char *name);

/* site_mkdirs - mkdir -p, or die. */
void site_mkdirs(const char *path);

/* site_lock - take build/lock, dying when another slipway holds it for three
 * seconds. */
void site_lock(const struct site *s);

/* words - split at blanks and commas; malloc-ed, NULL terminated. */
char **words(const char *text);

#endif

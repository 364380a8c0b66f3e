/* SPDX-License-Identifier: MIT */
/*
 * answers.h - what an install is told besides its options: the section
 * [install] of an answer file, and words of the kernel's command line,
 * slipway.install.KEY=VALUE. Keys are the names of options.
 */
#ifndef INSTALL_ANSWERS_H
#define INSTALL_ANSWERS_H

#define ANSWERS_FILE "/run/slipway/answer" /* left by /init */

struct answers_key {
	const char *name;
	const char **value; /* set where it is NULL */
};

/*
 * answers_read - options come first (they are set already), then the file,
 * then the command line in the file @cmdline. @file NULL: ANSWERS_FILE, if
 * there. Dies naming file, line and key on a key that is none.
 */
void answers_read(const struct answers_key *keys, const char *file,
		  const char *cmdline);

/*
 * answers_word - the value of the kernel's word @key, malloc-ed, or NULL; ""
 * where it stands alone.
 */
char *answers_word(const char *cmdline, const char *key);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * reporter.h - slipway-report inside a base: it shows what a boot did on the
 * machine itself, and sends the reports that could not be sent in time.
 */
#ifndef BASEFS_REPORTER_H
#define BASEFS_REPORTER_H

/*
 * reporter_path - the program beside this one, for machines of @arch (Debian's
 * name); NULL when it is not there or cannot run on them. malloc-ed.
 */
char *reporter_path(const char *arch);

/*
 * reporter_add - put @path into the system at @root, with its units where
 * there is systemd. What the base has by these names already stays. @work is a
 * folder to make them in.
 */
void reporter_add(const char *root, const char *path, const char *work);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * inside.h - the part that runs while mmdebstrap builds: this program again,
 * as mmdebstrap's setup hook and as its customize hook.
 */
#ifndef BASEFS_INSIDE_H
#define BASEFS_INSIDE_H

/* How the two runs of the program talk: through the environment. */
#define INSIDE_SELF    "SLIPWAY_BASE_SELF" /* this program */
#define INSIDE_NAME    "SLIPWAY_BASE_NAME"
#define INSIDE_DIR     "SLIPWAY_BASE_DIR"     /* bases/NAME */
#define INSIDE_CACHE   "SLIPWAY_BASE_CACHE"   /* holds debs/ */
#define INSIDE_REPORT  "SLIPWAY_BASE_REPORT"  /* slipway-report, or "-" */
#define INSIDE_WORK    "SLIPWAY_BASE_WORK"    /* a folder for the two below */
#define INSIDE_SOURCES "SLIPWAY_BASE_SOURCES" /* sources.list, or "-" */

/* One line of what went wrong, then the last lines of what was said. */
#define INSIDE_FAILED "failed"

/* What is installed (pkglist.h). */
#define INSIDE_PACKAGES "packages"

/* inside_run - do what MMDEBSTRAP_HOOK asks for to the system at @root. */
int inside_run(const char *root);

/* inside_hooks - names of the hooks in bases/NAME, sorted; dies on a file
 * that would silently not run. malloc-ed, NULL terminated. */
char **inside_hooks(const char *dir);

#endif

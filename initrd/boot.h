/* SPDX-License-Identifier: MIT */
/*
 * boot.h - the one state of a boot. Every step is a function over it that
 * returns 0, or -EPROTO with boot.error filled; steps run in the order of
 * README.md and may use what earlier ones left here.
 */
#ifndef BOOT_H
#define BOOT_H

#include <sys/types.h>
#include "fetch/conn.h"
#include "fetch/fetch.h"
#include "format/bootargs.h"
#include "format/cms.h"
#include "format/filelist.h"
#include "format/lease.h"
#include "format/manifest.h"
#include "format/policy.h"
#include "layers.h"
#include "nic.h"

#define BOOT_ROOT_MAX	  16384 /* of a trust anchor, DER */
#define BOOT_STEPS_MAX	  24
#define BOOT_ARCHIVES_MAX 4 /* driver archives beside a core initrd */
#define BOOT_CMS_MAX	  (MANIFEST_SIZE_MAX + CMS_OVERHEAD_MAX)

/* Short paths: all layers must fit one page of mount options. */
#define BOOT_STORE "/store" /* tmpfs of downloaded layers, never shown */
#define BOOT_BASE  "/base"  /* the base, mounted */
#define BOOT_LAYER "/o"	    /* with a digit: an unpacked overlay */
#define BOOT_UPPER "/upper" /* tmpfs of the writable layer */
#define BOOT_NEW   "/new"   /* the union, root to be */
#define BOOT_FACTS "/run/slipway"

/* What became of one step, for the report. */
struct boot_step {
	const char *name;
	uint64_t start_ms, stop_ms;
	uint64_t bytes;	    /* fetched */
	unsigned int tries; /* that failed */
	uint64_t memory;    /* most in use, bytes; 0: not known */
	enum code code;
};

struct lan_status; /* lan.h */

struct boot {
	char cmdline[BOOTARGS_MAX + 1];
	struct bootargs args;
	bool trusted; /* the initrd's own files are proven */
	unsigned int n_archives;
	char archives[BOOT_ARCHIVES_MAX][FILELIST_ARCHIVE_NAME_MAX];
	char policy_text[POLICY_SIZE_MAX + 1];
	struct policy policy;
	uint8_t root[BOOT_ROOT_MAX];
	size_t root_size;
	uint64_t seed; /* of all jitter */

	struct manifest_machine machine;
	bool has_lease;
	struct lease lease;
	pid_t lan; /* the process that owns the network, or 0 */
	const struct lan_status *lan_status;

	int tree; /* of a publish tree that is here (medium.c), or -1 */
	bool tree_stays; /* nobody can change it, nor take it away */
	int over; /* of one in the initrd that goes before a medium's, or -1 */
	struct fetch fetch;
	struct fetch_conn conn;
	uint8_t cms[BOOT_CMS_MAX];
	size_t cms_size;
	struct span text; /* of the manifest */
	struct manifest manifest;
	const struct manifest_role *role; /* what to boot, by this role's name */
	struct span image;		  /* one of its images, or n 0 */

	struct layers layers;
	int base_fd;	 /* of the base's file, or -1 */
	uint64_t memory; /* most in use during this step, bytes */
	uint64_t spare;	 /* there, beyond what the role needs */
	unsigned int n_steps;
	struct boot_step steps[BOOT_STEPS_MAX];
	struct fetch_error error;
};

/* The steps, in order; each in the file of its name. */
int early_mounts(struct boot *b);
int sentinel_check(struct boot *b);
int policy_load(struct boot *b);
int modules_load(struct boot *b);
int medium_find(struct boot *b);
int link_up(struct boot *b);
int address_get(struct boot *b);
int manifest_get(struct boot *b);
int pieces_run(struct boot *b);
int memory_check(struct boot *b);
int layers_load(struct boot *b);
int unpack_overlays(struct boot *b);
int union_mount(struct boot *b);
int handover_write(struct boot *b);
int report_write(struct boot *b);
int switchroot_run(struct boot *b);

#endif

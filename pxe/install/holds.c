// SPDX-License-Identifier: MIT
/* holds.c - what is on a disk. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <blkid/blkid.h>

#include "holds.h"
#include "host/error.h"

#define MARK	  "\xcd\x18\xeb\xfeslipway-install 1 unfinished "
#define MARK_SIZE 440 /* of code in front of the table */

static void value(blkid_probe pr, const char *name, const char **out)
{
	if (blkid_probe_lookup_value(pr, name, out, NULL))
		*out = NULL;
}

/* Also when the power went between a table's MBR and its GPT. */
static bool marked(const struct disks_one *d, int fd, const char *table,
		   const char *id)
{
	char text[128] = "", *at;

	if (pread(fd, text, sizeof(text) - 1, 0) < 0 ||
	    strncmp(text, MARK, strlen(MARK)))
		return false;
	at = text + strlen(MARK);
	at[strcspn(at, "\n")] = '\0';
	return (table && !strcmp(table, "PMBR")) || (id && !strcasecmp(id, at));
}

static void describe(struct disks_one *d, int fd, blkid_probe pr)
{
	const char *type, *label, *table, *id;

	value(pr, "TYPE", &type);
	value(pr, "LABEL", &label);
	value(pr, "PTTYPE", &table);
	value(pr, "PTUUID", &id);
	snprintf(d->holds, sizeof(d->holds), "%s%s%s%s%s", table ? table : "",
		 table ? " partition table" : "", table && type ? ", " : "",
		 type ? type : "", label ? " with a label" : "");
	if (!d->holds[0])
		snprintf(d->holds, sizeof(d->holds), "a signature");
	d->unfinished = !type && marked(d, fd, table, id);
}

void holds_data(struct disks_one *d)
{
	blkid_probe pr = blkid_new_probe();
	int fd = open(d->path, O_RDONLY | O_CLOEXEC), ret = -1;

	if (pr && fd >= 0 && !blkid_probe_set_device(pr, fd, 0, 0)) {
		if (d->image)
			blkid_probe_set_sectorsize(pr, d->sector);
		blkid_probe_enable_superblocks(pr, 1);
		blkid_probe_set_superblocks_flags(
			pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL |
				    BLKID_SUBLKS_MAGIC | BLKID_SUBLKS_BADCSUM);
		blkid_probe_enable_partitions(pr, 1);
		blkid_probe_set_partitions_flags(pr, BLKID_PARTS_MAGIC);
		ret = blkid_do_safeprobe(pr);
	}
	if (ret == 0)
		describe(d, fd, pr);
	else if (ret == -2)
		snprintf(d->holds, sizeof(d->holds),
			 "several signatures at once");
	else if (ret != 1)
		snprintf(d->holds, sizeof(d->holds), "it cannot be looked at");
	if (fd >= 0)
		close(fd);
	blkid_free_probe(pr);
}

void holds_mark(const struct disks_one *d, const char *id)
{
	char block[MARK_SIZE] = {0};
	int fd = open(d->path, O_RDWR | O_CLOEXEC);

	snprintf(block, sizeof(block), MARK "%s\n", id);
	if (fd < 0 || pwrite(fd, block, sizeof(block), 0) != MARK_SIZE ||
	    fsync(fd))
		die("%s: write:", d->path);
	close(fd);
}

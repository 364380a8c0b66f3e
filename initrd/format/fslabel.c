// SPDX-License-Identifier: MIT
/* fslabel.c - labels of ISO 9660, FAT and ext2 to ext4. */
#include "format/fslabel.h"
#include "format/text.h"

#define ISO_AT	  0x8000
#define ISO_LABEL 40
#define EXT_AT	  1024
#define EXT_MAGIC 0x38
#define EXT_LABEL 0x78
#define FAT_MAGIC 0x1fe
#define FAT16	  54 /* where it says "FAT1"; its label is 11 bytes before */
#define FAT32	  82

static bool fslabel_has(const uint8_t *p, size_t size, size_t at,
			const char *bytes)
{
	size_t n = strlen(bytes);

	return at + n <= size && !memcmp(p + at, bytes, n);
}

static int fslabel_take(struct fslabel *l, const char *type, const uint8_t *p,
			size_t n)
{
	size_t i;

	l->type = type;
	l->label[0] = '\0';
	for (i = 0; i < n && p[i]; i++)
		;
	n = i;
	while (n && p[n - 1] == ' ')
		n--;
	if (!text_printable((struct span){(const char *)p, n}))
		return 0;
	memcpy(l->label, p, n);
	l->label[n] = '\0';
	return 0;
}

int fslabel_parse(struct fslabel *l, const uint8_t *p, size_t size)
{
	if (fslabel_has(p, size, ISO_AT, "\001CD001\001") &&
	    size >= ISO_AT + ISO_LABEL + 32)
		return fslabel_take(l, "iso9660", p + ISO_AT + ISO_LABEL, 32);
	if (fslabel_has(p, size, EXT_AT + EXT_MAGIC, "\x53\xef") &&
	    size >= EXT_AT + EXT_LABEL + 16)
		return fslabel_take(l, "ext4", p + EXT_AT + EXT_LABEL, 16);
	if (!fslabel_has(p, size, FAT_MAGIC, "\x55\xaa"))
		return -ENOENT;
	if (fslabel_has(p, size, FAT32, "FAT32   "))
		return fslabel_take(l, "vfat", p + FAT32 - 11, 11);
	if (fslabel_has(p, size, FAT16, "FAT1"))
		return fslabel_take(l, "vfat", p + FAT16 - 11, 11);
	return -ENOENT;
}

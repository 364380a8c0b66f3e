/* SPDX-License-Identifier: MIT */
/* u-fslabel.c - labels, where the formats have them. */
#include "format/fslabel.h"
#include "unit.h"

static uint8_t head[FSLABEL_HEAD];

static void put(size_t at, const char *bytes, size_t n)
{
	memcpy(head + at, bytes, n);
}

#define PUT(at, s) put(at, s, sizeof(s) - 1)

static void ext4(void)
{
	PUT(1024 + 0x38, "\x53\xef");
	PUT(1024 + 0x78, "BOOT");
}

static void ext4_full(void)
{
	ext4();
	PUT(1024 + 0x78, "0123456789abcdef#not of it");
}

static void fat32(void)
{
	PUT(0x1fe, "\x55\xaa");
	PUT(71, "SLIPWAY    FAT32   ");
}

static void fat16(void)
{
	PUT(0x1fe, "\x55\xaa");
	PUT(43, "ESP        FAT16   ");
}

static void iso(void)
{
	PUT(0x8000, "\001CD001\001");
	PUT(0x8000 + 40, "slipway-fleet                   ");
}

/* A hybrid ISO begins with a boot sector, and may have a FAT one. */
static void hybrid(void)
{
	fat16();
	iso();
}

static void control(void)
{
	ext4();
	PUT(1024 + 0x78, "a\033[2J");
}

static void boot_sector(void)
{
	PUT(0x1fe, "\x55\xaa");
}

static void nothing(void)
{
}

static void labels(void)
{
	static const struct {
		const char *name;
		void (*make)(void);
		size_t size;
		const char *type, *label;
	} rows[] = {
		{"ext4", ext4, FSLABEL_HEAD, "ext4", "BOOT"},
		{"ext4, all 16", ext4_full, FSLABEL_HEAD, "ext4",
		 "0123456789abcdef"},
		{"ext4, cut", ext4, 1024 + 0x78 + 15, NULL, NULL},
		{"fat32", fat32, FSLABEL_HEAD, "vfat", "SLIPWAY"},
		{"fat16", fat16, FSLABEL_HEAD, "vfat", "ESP"},
		{"fat, cut", fat32, 0x1ff, NULL, NULL},
		{"iso", iso, FSLABEL_HEAD, "iso9660", "slipway-fleet"},
		{"iso, cut", iso, 0x8000 + 71, NULL, NULL},
		{"hybrid", hybrid, FSLABEL_HEAD, "iso9660", "slipway-fleet"},
		{"control characters", control, FSLABEL_HEAD, "ext4", ""},
		{"boot sector", boot_sector, FSLABEL_HEAD, NULL, NULL},
		{"nothing", nothing, FSLABEL_HEAD, NULL, NULL},
		{"empty", nothing, 0, NULL, NULL},
	};
	struct fslabel l;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].name;
		memset(head, 0, sizeof(head));
		rows[i].make();
		CHECK_INT(fslabel_parse(&l, head, rows[i].size),
			  rows[i].type ? 0 : -ENOENT);
		if (!rows[i].type)
			continue;
		CHECK_STR(l.type, rows[i].type);
		CHECK_STR(l.label, rows[i].label);
	}
}

UNIT_MAIN(UNIT_CASE(labels))

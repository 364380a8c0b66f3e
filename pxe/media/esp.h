/* SPDX-License-Identifier: MIT */
/*
 * esp.h - an EFI system partition (UEFI 2.10, 13.3: FAT32) inside an image or
 * a disk, by dosfstools and mtools at an offset.
 */
#ifndef MEDIA_ESP_H
#define MEDIA_ESP_H

#include <stdint.h>

#define ESP_REMOVABLE "EFI/BOOT/BOOTX64.EFI" /* what firmware looks for */

/*
 * esp_make - an empty one of @size bytes at @offset of @path, with sectors of
 * @sector bytes. esp_put - the file @from as @to under a name that firmware
 * does not look for, folders made, dated @time. esp_show - give it its name;
 * it is on the disk before and after. All die naming what failed.
 */
void esp_make(const char *path, uint64_t offset, uint64_t size,
	      unsigned int sector, const char *uuid);
void esp_put(const char *path, uint64_t offset, const char *from,
	     const char *to, uint64_t time);
void esp_show(const char *path, uint64_t offset, const char *to, uint64_t time);

#endif

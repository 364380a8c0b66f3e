/* SPDX-License-Identifier: MIT */
/* iniedit.h - change one value of an INI file and not a byte around it. */
#ifndef HOST_INIEDIT_H
#define HOST_INIEDIT_H

/*
 * iniedit_set - give @key of @section in the file @path that value; NULL takes
 * the key out. The last line of that key is replaced where it stands, with
 * what goes on below it; a new key comes behind the last one of its section, a
 * new section at the end. Comments and order stay. The file is replaced whole.
 * Dies, naming it, when it cannot be read or written.
 */
void iniedit_set(const char *path, const char *section, const char *key,
		 const char *value);

#endif

/* SPDX-License-Identifier: MIT */
/* customize.h - slipway iso customize: set a finished medium's reserved area.
 */
#ifndef MEDIA_CUSTOMIZE_H
#define MEDIA_CUSTOMIZE_H

/* customize_main - with argv[0] "customize"; an exit status. */
int customize_main(int argc, char **argv);

#endif

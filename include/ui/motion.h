/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Keys that move in a list or a text, the same wherever something is full screen. */
#ifndef UI_MOTION_H
#define UI_MOTION_H

#include "kernel.h"

#define MOTION_ALL (1LL << 40) /* further than any list is long */

/* How many lines a key (as in fw.h) moves: down, or up if negative; to an end: MOTION_ALL. 0: it
 * does not move. page: the lines of a page. */
s64 key_motion(int key, s64 page);

#endif

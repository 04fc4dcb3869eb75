/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The keys that move in a list or a text, the same in all full screen views. */
#ifndef UI_MOTION_H
#define UI_MOTION_H

#include "kernel.h"

#define MOTION_ALL (1LL << 40) /* more lines than any list has */

/* How many lines a key (as in fw.h) moves down, negative: up; MOTION_ALL: to the end. 0: it is not
 * a key that moves. page: the lines of a page. */
s64 key_motion(int key, s64 page);

#endif

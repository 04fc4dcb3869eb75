/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "ui/motion.h"

#include "fw.h"

#define CTRL(letter) ((letter)&31)

s64 key_motion(int key, s64 page)
{
	switch (key) {
	case 'j':
	case KEY_DOWN:
		return 1;
	case 'k':
	case KEY_UP:
		return -1;
	case KEY_PAGE_DOWN:
	case CTRL('f'):
		return page;
	case KEY_PAGE_UP:
	case CTRL('b'):
		return -page;
	case KEY_HOME:
		return -MOTION_ALL;
	case KEY_END:
		return MOTION_ALL;
	default:
		return 0;
	}
}

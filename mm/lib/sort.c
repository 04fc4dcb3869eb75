/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Heap sort: in place, no recursion, n log n always. */
#include "lib.h"

static void swap_bytes(u8 *a, u8 *b, size_t size)
{
	while (size--) {
		u8 t = *a;

		*a++ = *b;
		*b++ = t;
	}
}

/* Moves the element at `root` down until its children are not larger. */
static void sift_down(u8 *base, size_t root, size_t nr, size_t size,
		      int (*cmp)(const void *, const void *))
{
	for (;;) {
		size_t child = 2 * root + 1;

		if (child >= nr)
			return;
		if (child + 1 < nr && cmp(base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (cmp(base + root * size, base + child * size) >= 0)
			return;
		swap_bytes(base + root * size, base + child * size, size);
		root = child;
	}
}

void sort(void *base, size_t nr, size_t size, int (*cmp)(const void *, const void *))
{
	u8 *bytes = base;

	for (size_t i = nr / 2; i-- > 0;)
		sift_down(bytes, i, nr, size, cmp);
	for (size_t end = nr; end-- > 1;) {
		swap_bytes(bytes, bytes + end * size, size);
		sift_down(bytes, 0, end, size, cmp);
	}
}

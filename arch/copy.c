/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Copies memory that may not be mapped: the same code for every CPU, with arch_guarded(). */
#include "arch.h"

struct copy {
	void *dst;
	const void *src;
	size_t n;
};

static int do_copy(void *arg)
{
	struct copy *c = arg;

	memcpy(c->dst, c->src, c->n);
	return 0;
}

int arch_copy_safe(void *dst, const void *src, size_t n)
{
	struct copy c = {dst, src, n};
	struct trap_frame trap;
	int value;

	return arch_guarded(do_copy, &c, &value, &trap);
}

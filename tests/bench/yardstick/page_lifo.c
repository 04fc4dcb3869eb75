/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A lower bound for order 0: a stack of frame numbers for each CPU; nothing is split, merged or
 * checked. No real allocator can be as fast: the difference is the cost of its bookkeeping.
 */
#include "page.h"

#define OF_CPU_1 4096 /* frames; CPU 0 has all others */

const u32 yard_lacks = YARD_ORDERS | YARD_LAZY_START;

static struct stack {
	u32 *frames;
	u64 nr;
} __attribute__((aligned(64))) stacks[2];

static u64 metadata_bytes;

int yard_page_init(u64 nr)
{
	u32 *frames = yard_map(nr * sizeof(*frames), false);
	u64 of_cpu_0 = nr - OF_CPU_1;

	metadata_bytes = nr * sizeof(*frames);
	stacks[0] = (struct stack){frames, of_cpu_0};
	stacks[1] = (struct stack){frames + of_cpu_0, OF_CPU_1};
	for (u64 i = 0; i < nr; i++)
		frames[i] = (u32)(i < of_cpu_0 ? of_cpu_0 - 1 - i : i);
	return 0;
}

u64 yard_page_alloc(u32 cpu, u32 order)
{
	struct stack *stack = &stacks[cpu];

	(void)order;
	return likely(stack->nr) ? stack->frames[--stack->nr] : YARD_NO_FRAME;
}

void yard_page_free(u32 cpu, u64 frame, u32 order)
{
	struct stack *stack = &stacks[cpu];

	(void)order;
	stack->frames[stack->nr++] = (u32)frame;
}

void yard_page_drain(void)
{
}

u64 yard_page_metadata_bytes(void)
{
	return metadata_bytes;
}

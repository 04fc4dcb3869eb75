/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/boot/early.h"

#include "arch.h"
#include "mm/system.h"

void *mm_early_alloc(struct mem_system *sys, u64 size, u64 align, int nid)
{
	struct memblock *mb = sys->given.metadata ? sys->given.metadata : &sys->memblock;
	phys_addr_t pa = memblock_alloc(mb, size, align, nid);

	return pa ? phys_to_virt(sys, pa) : NULL;
}

void mm_steps_end(struct mem_system *sys)
{
	struct mm_steps *s = &sys->steps;

	if (s->running)
		s->step[s->nr - 1].cycles += arch_cycles();
	s->running = false;
}

/* A running step holds minus its starting time, so that adding the end gives the difference. */
void mm_step(struct mem_system *sys, const char *name)
{
	struct mm_steps *s = &sys->steps;

	ASSERT(s->nr < MM_MAX_STEPS, "more than %u steps", MM_MAX_STEPS);
	mm_steps_end(sys);
	s->step[s->nr++] = (struct mm_step){.name = name, .cycles = -arch_cycles()};
	s->running = true;
}

void mm_step_bytes(struct mem_system *sys, u64 bytes)
{
	if (sys->steps.running)
		sys->steps.step[sys->steps.nr - 1].bytes += bytes;
}

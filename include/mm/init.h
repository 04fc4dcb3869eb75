/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Starting a memory system. The caller fills memblock (memory, reserved, nodes), sys->given and
 * those fields of pt that describe the CPU, then
 *	mm_build_tables()	direct map and vmemmap in our own tables (memblock pays)
 *	...			the machine switches to them; phys_offset moves to the direct map
 *	mm_init()		nodes, zones, buddy, SLUB, vmalloc
 */
#ifndef MM_INIT_H
#define MM_INIT_H

struct mem_system;

/* Makes the root, a direct map of all memory in memblock, and tables for vmemmap. 0 or -ENOMEM. */
int mm_build_tables(struct mem_system *sys);
/* Starts everything from memblock to vmalloc. 0 or -ENOMEM. */
int mm_init(struct mem_system *sys);

#endif

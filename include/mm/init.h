/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Bringing a memory system up. The caller fills memblock (memory, reserved, nodes), what is given
 * and the fields of pt that say what the CPU can do, then
 *	mm_build_tables()	direct map and vmemmap in our own tables (memblock pays)
 *	...			the machine switches to them; phys_offset moves to the direct map
 *	mm_init()		nodes, zones, buddy, SLUB, vmalloc
 */
#ifndef MM_INIT_H
#define MM_INIT_H

struct mem_system;

/* Root, direct map of all of memblock's memory, tables for vmemmap. 0 or -ENOMEM. */
int mm_build_tables(struct mem_system *sys);
/* Everything from memblock to vmalloc. 0 or -ENOMEM. */
int mm_init(struct mem_system *sys);

#endif

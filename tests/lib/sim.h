/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A simulated machine with a running mem_system, for unit tests.
 *
 * spec: words separated by blanks: sizes "256M", "4G" (laid out as QEMU's q35 does: up to 2 GiB
 * low, the rest from 4 GiB up; page 0 and [640K, 1M) are no RAM), then options: "nodes=2" (RAM
 * split evenly), "levels=5", "cpus=2", "flat", "no1g", "pmem=256M" (behind RAM), "raw" (memblock
 * only, mm not started). No memory is kept back (min_free_kbytes 0), and the order of locks is
 * proved.
 */
#ifndef TESTS_SIM_H
#define TESTS_SIM_H

#include "arch/host.h"
#include "mm/page/page_alloc.h"
#include "mm/system.h"

struct mem_system *sim_new(const char *spec);
/* The same with the page allocator's options. */
struct mem_system *sim_new_with(const char *spec, const struct page_options *options);
void sim_free(struct mem_system *sys);

/* Free pages of all zones, with those in the CPUs' lists. */
u64 sim_free_pages(const struct mem_system *sys);
/* Empties the caches; then free pages, struct pages' pages and page tables: always the same sum
 * when nothing is held. */
u64 sim_all_pages(struct mem_system *sys);

#endif

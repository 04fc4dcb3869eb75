/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A simulated machine with a running mem_system, for unit tests.
 *
 * spec: words separated by blanks: sizes "256M", "4G" (at the addresses of QEMU's q35: up to 2 GiB
 * from 0, the rest from 4 GiB up; page 0 and [640K, 1M) are not RAM), then options: "nodes=2" (RAM
 * split evenly), "levels=5", "cpus=2", "flat", "no1g", "pmem=256M" (after RAM), "raw" (only
 * memblock, mm is not started). No memory is reserved (min_free_kbytes 0), and the order of locks
 * is checked.
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

/* Free pages of all zones, including those in the CPUs' lists. */
u64 sim_free_pages(const struct mem_system *sys);
/* Frees empty slabs; returns the sum of free pages, pages of struct pages and page tables. It is
 * always the same when nothing is allocated. */
u64 sim_all_pages(struct mem_system *sys);

#endif

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A simulated machine with a running mem_system, for unit tests.
 *
 * spec: words separated by blanks: sizes "256M", "4G" (laid out as QEMU's q35 does: up to 2 GiB
 * low, the rest from 4 GiB up; page 0 and [640K, 1M) are no RAM), then options: "nodes=2" (RAM
 * split evenly), "levels=5", "flat", "no1g", "raw" (memblock only, mm not started).
 */
#ifndef TESTS_SIM_H
#define TESTS_SIM_H

#include "arch_host.h"
#include "mm/page_alloc.h"
#include "mm/system.h"

struct mem_system *sim_new(const char *spec);
void sim_free(struct mem_system *sys);

/* Free pages of all zones. */
u64 sim_free_pages(const struct mem_system *sys);

#endif

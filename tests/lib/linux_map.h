/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A machine file (parse/mapfile.h) and what Linux made of it, by its log: e820, memblock, nodes and
 * zones.
 *
 * `note` lines have what Linux was told besides the firmware's map. They are applied like this:
 *
 *	user: [mem A-B] TYPE		all these lines together replace the firmware's map
 *	mem=SIZE on a command line	without user: lines, RAM from SIZE up is cut off
 *	e820 update [mem A-B] X ==> Y	and `e820 remove [mem A-B] X`, unless the note begins with
 *`late` No NUMA configuration found	SRAT was refused; the same with `NUMA turned off`
 *
 * If several nodes are expected but there is no SRAT, the `expect node` lines are used instead.
 */
#ifndef TESTS_LINUX_MAP_H
#define TESTS_LINUX_MAP_H

#include "arch/host.h"
#include "parse/mapfile.h"

#define LINUX_MAP_REGIONS 4096

struct linux_map {
	char *text;
	size_t len;
	u32 version; /* of Linux: 6.1 is 601; 0: not given */
	struct mapfile file;
	bool user_map, nodes_from_expect;
	struct e820_table e820;
	struct memblock_region regions[2][LINUX_MAP_REGIONS];
	struct mem_system sys;
	struct host_memory host;
	u64 max_pfn, max_low_pfn; /* before memblock rounds to pages; low: below 4 GiB */
};

/* On an error these functions fail the running test, with the file's name. */
void linux_map_load(struct linux_map *m, const char *path);
void linux_map_unload(struct linux_map *m);

/* Builds the machine from `mem` records of kind efi, or from e820 records. False:
 * the file has none. */
bool linux_map_build(struct linux_map *m, bool from_e820);
void linux_map_free(struct linux_map *m);

/* Calls fn for every line that begins with prefix, with the rest of the line. */
void linux_map_lines(struct linux_map *m, const char *prefix,
		     void (*fn)(struct linux_map *m, const char *rest));

#endif

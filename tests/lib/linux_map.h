/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A machine file (parse/mapfile.h) as the Linux that its log is from took it: e820, memblock,
 * nodes and zones.
 *
 * What Linux was told beside the firmware's map stands in `note` lines; these rules apply them:
 *
 *	user: [mem A-B] TYPE		all such lines together replace the firmware's map
 *	mem=SIZE on a command line	without user: lines, RAM from SIZE up is cut off
 *	e820 update [mem A-B] X ==> Y	and `e820 remove [mem A-B] X`, unless the note begins with
 *`late` No NUMA configuration found	SRAT was not believed; so with `NUMA turned off`
 *
 * Where several nodes are expected and SRAT is missing, the `expect node` lines stand in for it.
 */
#ifndef TESTS_LINUX_MAP_H
#define TESTS_LINUX_MAP_H

#include "arch/host.h"
#include "parse/mapfile.h"

#define LINUX_MAP_REGIONS 4096

struct linux_map {
	char *text;
	size_t len;
	u32 version; /* of Linux: 6.1 is 601; 0: not said */
	struct mapfile file;
	bool user_map, nodes_from_expect;
	struct e820_table e820;
	struct memblock_region regions[2][LINUX_MAP_REGIONS];
	struct mem_system sys;
	struct host_memory host;
	u64 max_pfn, max_low_pfn; /* before memblock rounds to pages; low: below 4 GiB */
};

/* Problems in here fail the running test, with the file's name. */
void linux_map_load(struct linux_map *m, const char *path);
void linux_map_unload(struct linux_map *m);

/* Builds from the `mem` records of kind efi, or from e820 ones. false: the file has no such. */
bool linux_map_build(struct linux_map *m, bool from_e820);
void linux_map_free(struct linux_map *m);

/* Calls fn for every line that begins with prefix, with what comes behind it. */
void linux_map_lines(struct linux_map *m, const char *prefix,
		     void (*fn)(struct linux_map *m, const char *rest));

#endif

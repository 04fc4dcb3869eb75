/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The application's state, one object in main: what was found, and what was built from it. */
#ifndef EFI_APP_APP_H
#define EFI_APP_APP_H

#include "block.h"
#include "fw.h"
#include "parse/mapfile.h"
#include "mm/boot/e820.h"
#include "mm/exercise/exercise.h"
#include "mm/pgtable/edit.h"
#include "mm/pgtable/image.h"
#include "mm/system.h"
#include "ui/shell.h"

#define APP_VERSION	"0.1"
#define APP_MAX_REGIONS (2 * MEMMAP_MAX)
#define APP_MAX_CLAIMS	1024
#define APP_MAX_OWN	8
#define APP_MAX_LOADED	4
#define APP_NAME_SIZE	16 /* of loaded files, with the closing 0 */

struct app_range {
	phys_addr_t start;
	u64 pages;
};

/* Files loaded from the boot volume under one name: page tables, a machine's map, or both. */
struct app_loaded {
	char name[APP_NAME_SIZE]; /* "": free */
	bool have_tables;
	struct pgtable pt;
	struct pt_image_info info;
	struct mapfile *map; /* NULL: none */
	struct app_block pt_block, map_block;
};

/* Page tables made by `whatif`, in their own block of memory, which they map at other addresses. */
struct app_whatif {
	bool have; /* there is a tree */
	struct pgtable pt;
	struct pt_pages pages;
	struct app_block block;
	u64 used; /* bytes of the block */
};

struct app_options {
	u8 levels;   /* 4, 5; 0: as many as the CPU has */
	u64 reserve; /* bytes to leave to the firmware; 0: the default share */
	u64 claim;   /* the most bytes to claim; 0: claim_limit() decides */
	enum memmodel model;
	u64 seed;
};

struct app {
	struct machine machine;
	struct app_options options;
	struct mem_system sys;
	enum numa_verdict numa_verdict;
	phys_addr_t numa_conflict;

	/* claimed from the firmware for the allocators */
	u32 nr_claims;
	struct app_range claims[APP_MAX_CLAIMS];
	u64 claimed_pages, reserve_pages, claim_limit;
	/* taken for the program itself: stacks, the stub below 4 GiB */
	u32 nr_own;
	struct app_range own[APP_MAX_OWN];

	/* page tables */
	struct pgtable fw_pt; /* the firmware's, read-only */
	struct pt_stats fw_stats;
	struct pt_identity_result identity;

	/* the sandbox */
	struct pt_clone clone;
	bool have_clone;
	char clone_of[16];

	struct app_loaded loaded[APP_MAX_LOADED];
	struct app_whatif whatif;

	struct exercise_result last_exercise;
	bool exercised;
	bool started; /* mm_init() has succeeded: its views work */
	int leave;    /* what to do after the shell: enum app_leave */
	struct shell shell;

	/* space that is too large for the stack */
	struct memblock_region memory_regions[APP_MAX_REGIONS];
	struct memblock_region reserved_regions[APP_MAX_REGIONS];
	struct e820_table e820;
	struct memmap now; /* the firmware's present map, read by commands */
};

enum app_leave { APP_QUIT, APP_REBOOT, APP_POWEROFF };

/* Reads the machine and the options, builds memblock with its nodes and claims memory from the
 * firmware. Prints errors. 0; negative: nothing can be built. */
int app_prepare(struct app *app);
/* Allocates `pages` for the program itself; app_release() frees them. */
int app_own_pages(struct app *app, u64 pages, phys_addr_t limit, bool exec, phys_addr_t *ret);
/* In our world: starts memory management, shows the start screen or runs the script, then prompts.
 * Returns the exit status: 0; 1: a command failed; 2: nothing could be started. */
int app_run(struct app *app);
/* Gives all memory back to the firmware. Returns the number of ranges that it refused. */
u32 app_release(struct app *app);

/* The least memory that is needed to start, for the message when there is less. */
#define APP_MIN_MEMORY (24 * MiB)

extern const struct cmd_table *const app_commands[]; /* efi/cmd/cmds.c */
extern const u32 app_nr_commands;

void app_start_screen(struct app *app, struct emit *out);
/* "2.7": the revision of UEFI (UEFI 4.2.1, EFI_TABLE_HEADER.Revision). */
void app_uefi_revision(char buf[16], const struct machine *m);

/* Prints a whole line, outside commands. */
void app_message(const char *fmt, ...) __printf(1, 2);

#endif

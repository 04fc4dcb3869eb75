/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The tables of commands, one in each file, and what commands share. */
#ifndef EFI_CMD_CMDS_H
#define EFI_CMD_CMDS_H

#include "app/app.h"

/* The rooms of efi/cmd, as headings in help. */
#define ROOM_MACHINE "Firmware and machine"
#define ROOM_TABLES  "Page tables"
#define ROOM_SANDBOX "Sandbox"
#define ROOM_PAGE    "Page allocator"
#define ROOM_SLAB    "Objects and areas"
#define ROOM_WHATIF  "Other machines"
#define ROOM_BENCH   "Figures"
#define ROOM_PROGRAM "Program"

extern const struct cmd_table cmds_firmware, cmds_facts, cmds_memblock, cmds_memtype, cmds_cpus;
extern const struct cmd_table cmds_browse, cmds_stats, cmds_dump, cmds_walk, cmds_explain,
	cmds_access, cmds_save, cmds_load, cmds_diff;
extern const struct cmd_table cmds_sandbox, cmds_edits;
extern const struct cmd_table cmds_zones, cmds_buddyviews, cmds_procviews, cmds_page, cmds_step,
	cmds_pagedebug, cmds_shrinkers;
extern const struct cmd_table cmds_slabviews, cmds_slab, cmds_slabtop, cmds_slabdebug,
	cmds_vmallocinfo;
extern const struct cmd_table cmds_formats, cmds_whatif_tables, cmds_whatif_machine;
extern const struct cmd_table cmds_bench_page, cmds_bench_slab, cmds_bench_smp, cmds_bench_vmalloc,
	cmds_bench_walk;
extern const struct cmd_table cmds_exercise, cmds_trying, cmds_program;

/* ---- common.c ---------------------------------------------------------------------------- */

/* For each populated zone, of one node or of all, as a list `key`: an object that begins with the
 * zone's node and name, printed by the template `label`, and that `show` completes. */
typedef void zone_view(struct emit *out, const struct mem_system *sys, const struct zone *zone);
void cmd_node_zones(struct emit *out, const struct mem_system *sys, const pg_data_t *node,
		    const char *label, zone_view *show);
void cmd_each_zone(struct emit *out, const char *key, const struct mem_system *sys,
		   const char *label, zone_view *show);

/* How often something was refused, as a member of a list; nothing if it never was. */
void cmd_show_count(struct emit *out, const char *what, u64 count);

/* For long jobs to ask, with a struct cmd_call: crosses to the firmware to look for Esc, as output
 * does. Non-zero: stop. */
int cmd_poll_stop(void *ctx, u64 done, u64 total);

/* Says what went wrong in a smp_run() that returned err; returns err. */
struct smp_result;
int cmd_smp_failed(struct cmd_call *call, int err, const struct smp_result *r);

/* The place of a return address: "tablewalk+0x1234" (for addr2line: the manual, debugging), of
 * another image likewise, else the address alone; "-" for 0. Returns buf. */
const char *cmd_caller(const struct app *app, u64 caller, char *buf, size_t size);

/* ---- tables/args.c ----------------------------------------------------------------------- */

/*
 * Which page tables a command is about (app/tables.h has their names); each takes the words out of
 * the arguments. 0; a negative error after a message.
 */
/* Their names, for completion. */
extern const char *const cmd_table_words[];
/* A first argument that names tables; our own when there is none. */
int cmd_tables_arg(struct cmd_call *call, const struct pgtable **ret);
/* "in NAME" anywhere, or as above. */
int cmd_in_tables(struct cmd_call *call, const struct pgtable **ret);
/* The level that an argument names: "PDE", "pmd", or its number from the leaf. */
int cmd_level_arg(struct cmd_call *call, const struct pgtable *pt, const char *word, unsigned *ret);
/* Letters of rights as PT_* flags: r w x u (user) g (global) n (not cached), "-" for none. No
 * message: -EINVAL for any other letter. */
int cmd_rights_flags(const char *letters, u64 *ret);
/* An address that is canonical in these tables. */
int cmd_arg_va(struct cmd_call *call, int index, const struct pgtable *pt, u64 *ret);
/* "START-END" (END exclusive) or "START END" or nothing, which is all; *last is inclusive. */
int cmd_range_args(struct cmd_call *call, const struct pgtable *pt, u64 *start, u64 *last);

/* ---- tables/search_env.c ----------------------------------------------------------------- */

/* What a search needs to know beside the entries. */
struct search_env;
void cmd_search_env(struct app *app, const struct pgtable *pt, struct search_env *ret);

/* ---- commands with rows in other files: sweep.c, tlb_proof.c, report.c, sandbox.c -------- */

int cmd_sweep(struct cmd_call *call);
int cmd_tlb_proof(struct cmd_call *call);
int cmd_report(struct cmd_call *call);
/* `memtype VA SIZE TYPE` changes the clone; with other arguments it is a view. */
int cmd_sandbox_memtype(struct cmd_call *call);

/* ---- slab/: slabviews.c, slablive.c, vmallocinfo.c --------------------------------------- */

/* What is known of a report of SLUB's: text, and an object in the list that is open. */
struct slab_report;
void cmd_slab_report(struct emit *out, const struct app *app, const struct slab_report *r);
/* A cache's live objects: by the call that allocated them, as Linux's alloc_traces, then one by
 * one, into the object that is open. Returns how many there are. */
u64 cmd_slab_live(struct emit *out, const struct app *app, const struct kmem_cache *cache);
#define CMD_SLAB_OBJECTS (SLAB_MAX_WORDS * 64)	   /* in a slab at most */
int cmd_show_refused_areas(struct cmd_call *call); /* a part of `pagedebug show` */

#endif

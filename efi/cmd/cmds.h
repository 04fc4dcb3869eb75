/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The families of commands, one file each, and what they share. */
#ifndef EFI_CMD_CMDS_H
#define EFI_CMD_CMDS_H

#include "app/app.h"

extern const struct cmd_table cmds_firmware;  /* what the firmware hands over */
extern const struct cmd_table cmds_memory;    /* the memory management's views */
extern const struct cmd_table cmds_slab;      /* caches of objects */
extern const struct cmd_table cmds_slabdebug; /* bugs on purpose */
extern const struct cmd_table cmds_buddy;     /* free memory by order and type */
extern const struct cmd_table cmds_proc;      /* Linux's summaries */
extern const struct cmd_table cmds_page;      /* page frames */
extern const struct cmd_table cmds_tables;    /* page tables */
extern const struct cmd_table cmds_step;      /* the page allocator by hand */
extern const struct cmd_table cmds_pagedebug; /* who did it */
extern const struct cmd_table cmds_browse;    /* full screen */
extern const struct cmd_table cmds_walk;      /* one address */
extern const struct cmd_table cmds_explain;   /* what lies where, memory types */
extern const struct cmd_table cmds_access;    /* accesses: model and CPU */
extern const struct cmd_table cmds_smp;	      /* all CPUs */
extern const struct cmd_table cmds_sandbox;   /* a clone to change */
extern const struct cmd_table cmds_saved;     /* files on the stick, and differences */
extern const struct cmd_table cmds_formats;   /* other machines' page tables */
extern const struct cmd_table cmds_whatif;    /* what is not there */
extern const struct cmd_table cmds_exercise;  /* the allocators under load */
extern const struct cmd_table cmds_shrinkers; /* memory that can be given back */
extern const struct cmd_table cmds_run;	      /* things that work on memory */
extern const struct cmd_table cmds_program;   /* the program itself */

/* For views of what mm_init() makes: prints why there is nothing to see. 0 or -ENODEV. */
int cmd_needs_mm(struct cmd_call *call);
/* The same, and no more arguments than that. */
int cmd_is_view(struct cmd_call *call, int max_args);

/* For each populated zone, of one node or of all, as a list `key`: an object with its node and
 * name, to which `show` adds, after a text of its own. */
typedef void zone_view(struct emit *out, const struct mem_system *sys, const struct zone *zone);
void cmd_node_zones(struct emit *out, const struct mem_system *sys, const pg_data_t *node,
		    zone_view *show);
void cmd_each_zone(struct emit *out, const char *key, const struct mem_system *sys,
		   zone_view *show);

/* How often something was refused, as a member of a list; nothing if it never was. */
void cmd_show_count(struct emit *out, const char *what, u64 count);

/* For long jobs to ask, with a struct cmd_call: crosses to the firmware to look for Esc, as output
 * does. Non-zero: stop. */
int cmd_poll_stop(void *ctx, u64 done, u64 total);

/* Says what went wrong in a smp_run() that returned err; returns err. */
struct smp_result;
int cmd_smp_failed(struct cmd_call *call, int err, const struct smp_result *r);

/* Who called, from a return address: "tablewalk+0x1234" (for addr2line: README), of another image
 * likewise, else the address alone; "-" for 0. Returns buf. */
const char *cmd_caller(const struct app *app, u64 caller, char *buf, size_t size);

/* What is known of a report of SLUB's: text, and an object in the list that is open. */
struct slab_report;
void cmd_slab_report(struct emit *out, const struct app *app, const struct slab_report *r);
/* A cache's live objects: by who allocated them, as Linux's alloc_traces, then one by one, into the
 * object that is open. Returns how many there are. */
u64 cmd_slab_live(struct emit *out, const struct app *app, const struct kmem_cache *cache);
#define CMD_SLAB_OBJECTS (SLAB_MAX_WORDS * 64) /* in a slab at most */

/* Commands whose files are their own. */
int cmd_slab_errors(struct cmd_call *call);
int cmd_slab(struct cmd_call *call);
int cmd_slabtop(struct cmd_call *call);
int cmd_pt_dump(struct cmd_call *call);
int cmd_sweep(struct cmd_call *call);
int cmd_bench_walk(struct cmd_call *call);
int cmd_bench_page(struct cmd_call *call);
int cmd_bench_slab(struct cmd_call *call);
int cmd_bench_smp(struct cmd_call *call);
int cmd_bench_vmalloc(struct cmd_call *call);
int cmd_vmallocinfo(struct cmd_call *call);
int cmd_show_refused_areas(struct cmd_call *call); /* a part of `pagedebug show` */
int cmd_exercise_edits(struct cmd_call *call);
int cmd_tlb_proof(struct cmd_call *call);
/* `memtype VA SIZE TYPE` changes the clone; with other arguments it is a view. */
int cmd_sandbox_memtype(struct cmd_call *call);

/*
 * Which page tables a command is about (efi/app/tables.h has their names); each takes the words out
 * of the arguments. 0; a negative error after a message.
 */
/* A first argument that names tables; our own when there is none. */
int cmd_tables_arg(struct cmd_call *call, const struct pgtable **ret);
/* "in NAME" anywhere, or as above. */
int cmd_in_tables(struct cmd_call *call, const struct pgtable **ret);
/* An address that is canonical in these tables. */
int cmd_arg_va(struct cmd_call *call, int index, const struct pgtable *pt, u64 *ret);
/* What a search needs to know beside the entries. */
struct search_env;
void cmd_search_env(struct app *app, const struct pgtable *pt, struct search_env *ret);
/* "START-END" (END exclusive) or "START END" or nothing, which is all; *last is inclusive. */
int cmd_range_args(struct cmd_call *call, const struct pgtable *pt, u64 *start, u64 *last);

/* Bytes as a short text, such as "31.9 GiB": one decimal, for people. Returns buf. */
const char *human_size(char *buf, size_t size, u64 bytes);

#endif

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* All tables of commands, in the order in which help shows them. */
#include "cmds.h"

const struct cmd_table *const app_commands[] = {
	&cmds_firmware,	  &cmds_facts,	       &cmds_memblock,	     &cmds_memtype,
	&cmds_cpus,	  &cmds_browse,	       &cmds_stats,	     &cmds_dump,
	&cmds_walk,	  &cmds_explain,       &cmds_access,	     &cmds_save,
	&cmds_load,	  &cmds_diff,	       &cmds_sandbox,	     &cmds_edits,
	&cmds_zones,	  &cmds_buddyviews,    &cmds_procviews,	     &cmds_page,
	&cmds_step,	  &cmds_pagedebug,     &cmds_shrinkers,	     &cmds_slabviews,
	&cmds_slab,	  &cmds_slabtop,       &cmds_slabdebug,	     &cmds_vmallocinfo,
	&cmds_formats,	  &cmds_whatif_tables, &cmds_whatif_machine, &cmds_bench_page,
	&cmds_bench_slab, &cmds_bench_smp,     &cmds_bench_vmalloc,  &cmds_bench_walk,
	&cmds_exercise,	  &cmds_trying,	       &cmds_program,
};
const u32 app_nr_commands = ARRAY_SIZE(app_commands);

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* All tables of commands, in the order in which help shows them. */
#include "cmds.h"

const struct cmd_table *const app_commands[] = {
	&cmds_firmware,	 &cmds_memory, &cmds_slab,    &cmds_slabdebug, &cmds_buddy,
	&cmds_proc,	 &cmds_page,   &cmds_step,    &cmds_pagedebug, &cmds_browse,
	&cmds_tables,	 &cmds_walk,   &cmds_explain, &cmds_access,    &cmds_smp,
	&cmds_sandbox,	 &cmds_saved,  &cmds_formats, &cmds_whatif,    &cmds_exercise,
	&cmds_shrinkers, &cmds_run,    &cmds_program,
};
const u32 app_nr_commands = ARRAY_SIZE(app_commands);

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The program itself: help, version, what start-up cost, and ways to leave. */
#include "cmd/cmds.h"
#include "lib.h"

/* ---- boottime ---------------------------------------------------------------------------- */

#define STEP_ROW "{name=step:-14} {ticks:16} {bytes=bytes written:14}\n"

static int cmd_boottime(struct cmd_call *call)
{
	const struct mem_system *sys = &call->app->sys;
	struct emit *out = call->out;
	u64 cycles = 0, bytes = 0;

	emit_table(out, NULL, STEP_ROW);
	for (u32 i = 0; i < sys->steps.nr; i++) {
		const struct mm_step *step = &sys->steps.step[i];

		emit_row(out, STEP_ROW, step->name, step->cycles, step->bytes);
		cycles += step->cycles;
		bytes += step->bytes;
	}
	emit_end(out);
	emit_text(out, "%-14s %16llu %14llu\n", "together", cycles, bytes);
	return 0;
}

/* ---- version ----------------------------------------------------------------------------- */

static int cmd_version(struct cmd_call *call)
{
	const struct machine *m = &call->app->machine;
	struct emit *out = call->out;
	char uefi[16];

	app_uefi_revision(uefi, m);
	emit_object(out, NULL);
	emit_put(out, "tablewalk {version}\n", APP_VERSION);
	if (!m->described)
		emit_put(out,
			 "image at {image_start:#x}-{image_end:#x} (for gdb: help debugging)\n",
			 m->image_start, m->image_end);
	emit_put(out, "firmware: {firmware_vendor} revision {firmware_revision:#x}, UEFI {uefi}\n",
		 m->firmware_vendor, m->firmware_revision, uefi);
	emit_end(out);
	return 0;
}

/* ---- clear ------------------------------------------------------------------------------- */

static int cmd_clear(struct cmd_call *call)
{
	if (call->out->format == EMIT_TEXT)
		fw_clear();
	return 0;
}

/* ---- leaving ----------------------------------------------------------------------------- */

static int leave(struct cmd_call *call, enum app_leave how)
{
	call->app->leave = (int)how;
	call->app->shell.quit = true;
	return 0;
}

static int cmd_quit(struct cmd_call *call)
{
	return leave(call, APP_QUIT);
}

static int cmd_reboot(struct cmd_call *call)
{
	return leave(call, APP_REBOOT);
}

static int cmd_poweroff(struct cmd_call *call)
{
	return leave(call, APP_POWEROFF);
}

/* ---- start screen ------------------------------------------------------------------------ */

static int cmd_start(struct cmd_call *call)
{
	app_start_screen(call->app, call->out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "help",
	 .args = "[COMMAND|TOPIC] [--schema]",
	 .help = "the commands, or what one takes, or a page of the manual",
	 .fn = cmd_help,
	 .examples = "help; help walk",
	 .max_args = 2},
	{.name = "start", .args = "", .help = "the start screen again", .fn = cmd_start},
	{.name = "report",
	 .args = "",
	 .help = "write all views to tablewalk/report.txt and .json on the stick",
	 .fn = cmd_report,
	 .flags = CMD_NEEDS_MM},
	{.name = "boottime",
	 .args = "",
	 .help = "ticks and bytes of each step of start-up",
	 .fn = cmd_boottime,
	 .report = "boottime"},
	{.name = "version",
	 .args = "",
	 .help = "this program, its image, the firmware",
	 .fn = cmd_version,
	 .report = "version"},
	{.name = "clear",
	 .args = "",
	 .help = "empty the screen, as Ctrl-L does",
	 .fn = cmd_clear,
	 .flags = CMD_SCREEN},
	{.name = "quit",
	 .args = "",
	 .help = "give everything back and return to the firmware",
	 .fn = cmd_quit,
	 .flags = CMD_LEAVES},
	{.name = "reboot",
	 .args = "",
	 .help = "the same, then reset the machine",
	 .fn = cmd_reboot,
	 .flags = CMD_LEAVES},
	{.name = "poweroff",
	 .args = "",
	 .help = "the same, then switch it off",
	 .fn = cmd_poweroff,
	 .flags = CMD_LEAVES},
};

const struct cmd_table cmds_program = {ROOM_PROGRAM, rows, ARRAY_SIZE(rows)};

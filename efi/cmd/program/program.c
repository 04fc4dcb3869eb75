/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The program itself: help, version, what start-up cost, the report, and ways to leave. */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

/* ---- boottime ---------------------------------------------------------------------------- */

static int cmd_boottime(struct cmd_call *call)
{
	const struct mem_system *sys = &call->app->sys;
	struct emit *out = call->out;
	u64 cycles = 0, bytes = 0;

	emit_text(out, "%-14s %16s %14s\n", "step", "ticks", "bytes written");
	emit_list(out, NULL);
	for (u32 i = 0; i < sys->steps.nr; i++) {
		const struct mm_step *step = &sys->steps.step[i];

		emit_text(out, "%-14s %16llu %14llu\n", step->name, step->cycles, step->bytes);
		emit_object(out, NULL);
		emit_field(out, "name", step->name);
		emit_field(out, "ticks", step->cycles);
		emit_field(out, "bytes", step->bytes);
		emit_end(out);
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

	emit_object(out, NULL);
	emit_text(out, "tablewalk %s\n", APP_VERSION);
	emit_field(out, "version", APP_VERSION);
	if (!m->described) {
		emit_text(out, "image at %#llx-%#llx (for gdb: see the README)\n", m->image_start,
			  m->image_end);
		emit_field(out, "image_start", m->image_start);
		emit_field(out, "image_end", m->image_end);
	}
	emit_text(out, "firmware: %s revision %#x, UEFI %u.%u\n", m->firmware_vendor,
		  m->firmware_revision, m->uefi_revision >> 16, (m->uefi_revision & 0xffff) / 10);
	emit_field(out, "firmware_vendor", m->firmware_vendor);
	emit_field(out, "firmware_revision", m->firmware_revision);
	emit_end(out);
	return 0;
}

/* ---- report ------------------------------------------------------------------------------ */

/* Collects everything; the file is written whole because firmware may be slow at appending. */
struct report_file {
	char *buf;
	size_t size, len;
	u32 sections;
	bool full;
};

static int report_write(void *ctx, const char *s, size_t n)
{
	struct report_file *f = ctx;

	f->full |= n > f->size - f->len;
	if (f->full)
		return -ENOSPC;
	memcpy(f->buf + f->len, s, n);
	f->len += n;
	return 0;
}

/* One section: its title, then what the command says, its error included. */
static void report_section(struct cmd_call *call, const char *text, enum emit_format format,
			   struct report_file *f)
{
	static const struct cmd_place in_report = {.refuse = CMD_SCREEN | CMD_LEAVES,
						   .title = "a part of the report"};
	bool json = format == EMIT_JSON;
	struct emit out;
	char head[80];
	int n = fmt_print(head, sizeof(head), json ? "%s\"%s\": " : "%s==== %s\n",
			  json && f->sections ? "," : "", text);

	f->sections++;
	report_write(f, head, (size_t)n);
	emit_init(&out, format, report_write, f);
	cmd_run_text(&call->app->shell.runner, &in_report, call->app, text, &out);
}

/* The commands of one row's list: "pt dump own; pt dump fw". */
static void report_row(struct cmd_call *call, const char *commands, enum emit_format format,
		       struct report_file *f)
{
	char text[80];

	while (*commands) {
		u32 len = 0;

		while (commands[len] && commands[len] != ';')
			len++;
		fmt_print(text, sizeof(text), "%.*s", (int)len, commands);
		if (!call->app->machine.described || strcmp(text, "pt dump fw"))
			report_section(call, text, format, f);
		for (commands += len; *commands == ';' || *commands == ' ';)
			commands++;
	}
}

static int write_report(struct cmd_call *call, const char *path, enum emit_format format,
			struct report_file *f)
{
	const struct cmd_runner *runner = &call->app->shell.runner;
	bool json = format == EMIT_JSON;
	int err;

	f->len = f->sections = 0;
	if (json)
		report_write(f, "{\n", 2);
	for (u32 t = 0; t < runner->nr_tables; t++) {
		for (u32 i = 0; i < runner->tables[t]->nr; i++) {
			if (runner->tables[t]->cmds[i].report)
				report_row(call, runner->tables[t]->cmds[i].report, format, f);
		}
	}
	if (json)
		report_write(f, "}\n", 2);
	if (f->full)
		return cmd_error(call, -ENOSPC, "the report does not fit into %llu bytes",
				 (u64)f->size);
	err = fw_file_write(path, f->buf, f->len);
	if (err)
		return cmd_error(call, err, "%s: %s %s", path, err_name(err), fw_last_error());
	emit_row(call->out, "{file}: {bytes} bytes\n", path, f->len);
	return 0;
}

#define REPORT_ORDER 9 /* 2 MiB */

/* An address of our memory that is right in the firmware's world too: it knows no direct map. */
static char *both_worlds(const struct app *app, void *p)
{
	if (app->machine.described)
		return p;
	return (char *)(uintptr_t)virt_to_phys(&app->sys, p);
}

static int cmd_report(struct cmd_call *call)
{
	struct mem_system *sys = &call->app->sys;
	struct report_file f = {.size = PAGE_SIZE << REPORT_ORDER};
	int err;
	void *block;

	block = __get_free_pages(sys, GFP_KERNEL, REPORT_ORDER);
	if (!block)
		return cmd_error(call, -ENOMEM, "no 2 MiB block is free");
	f.buf = both_worlds(call->app, block);
	emit_list(call->out, NULL);
	err = write_report(call, "tablewalk/report.txt", EMIT_TEXT, &f);
	if (!err)
		err = write_report(call, "tablewalk/report.json", EMIT_JSON, &f);
	emit_end(call->out);
	free_pages(sys, block, REPORT_ORDER);
	return err;
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

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
		emit_str(out, "step", step->name);
		emit_num(out, "ticks", step->cycles);
		emit_num(out, "bytes", step->bytes);
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
	emit_str(out, "version", APP_VERSION);
	if (!m->described) {
		emit_text(out, "image at %#llx-%#llx (for gdb: see the README)\n", m->image_start,
			  m->image_end);
		emit_hex(out, "image_start", m->image_start);
		emit_hex(out, "image_end", m->image_end);
	}
	emit_text(out, "firmware: %s revision %#x, UEFI %u.%u\n", m->firmware_vendor,
		  m->firmware_revision, m->uefi_revision >> 16, (m->uefi_revision & 0xffff) / 10);
	emit_str(out, "firmware_vendor", m->firmware_vendor);
	emit_num(out, "firmware_revision", m->firmware_revision);
	emit_end(out);
	return 0;
}

/* ---- report ------------------------------------------------------------------------------ */

/* What goes into the report, in this order. */
static const char *const report_commands[] = {
	"version",	"cpu",	       "memmap",    "memmap --e820", "numa",	    "memblock",
	"zones",	"memmodel",    "buddyinfo", "meminfo",	     "slabinfo",    "slab",
	"slab errors",	"vmallocinfo", "iomem",	    "gcd",	     "mat",	    "images",
	"memtype mtrr", "memtype own", "pt stats",  "boottime",	     "pt dump own", "pt dump fw",
};

/* Collects everything; the file is written whole because firmware may be slow at appending. */
struct report_file {
	char *buf;
	size_t size, len;
};

static int report_write(void *ctx, const char *s, size_t n)
{
	struct report_file *f = ctx;

	if (n > f->size - f->len)
		return -ENOSPC;
	memcpy(f->buf + f->len, s, n);
	f->len += n;
	return 0;
}

static int report_section(struct app *app, struct emit *out, const char *text)
{
	struct cmd_words words;
	struct cmd_call call;
	const struct cmd *cmd;
	int nr_words;

	if (cmd_next(&text, &words) != 1)
		return -EINVAL;
	cmd = cmd_find(app_commands, app_nr_commands, words.argc, words.argv, &nr_words);
	if (!cmd)
		return -ENOENT;
	call = (struct cmd_call){.app = app,
				 .cmd = cmd,
				 .out = out,
				 .argc = words.argc - nr_words,
				 .argv = words.argv + nr_words};
	return cmd->fn(&call);
}

static int write_report(struct cmd_call *call, const char *path, enum emit_format format,
			struct report_file *f)
{
	bool json = format == EMIT_JSON;
	struct emit out;
	int err;

	f->len = 0;
	emit_init(&out, format, report_write, f);
	if (json)
		report_write(f, "{\n", 2);
	for (u32 i = 0; i < ARRAY_SIZE(report_commands); i++) {
		char head[80];
		int n;

		if (call->app->machine.described && !strcmp(report_commands[i], "pt dump fw"))
			continue; /* a described machine has none */
		n = fmt_print(head, sizeof(head), json ? "%s\"%s\": " : "%s==== %s\n",
			      json && i ? "," : "", report_commands[i]);

		report_write(f, head, (size_t)n);
		err = report_section(call->app, &out, report_commands[i]);
		if (err)
			return cmd_error(call, err, "%s: %s", report_commands[i], err_name(err));
	}
	if (json)
		report_write(f, "}\n", 2);
	if (out.stopped)
		return cmd_error(call, -ENOSPC, "the report does not fit into %llu bytes",
				 (u64)f->size);
	err = fw_file_write(path, f->buf, f->len);
	if (err)
		return cmd_error(call, err, "%s: %s %s", path, err_name(err), fw_last_error());
	emit_text(call->out, "%s: %llu bytes\n", path, (u64)f->len);
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
	int err = cmd_needs_mm(call);
	void *block;

	if (err)
		return err;
	block = __get_free_pages(sys, GFP_KERNEL, REPORT_ORDER);
	if (!block)
		return cmd_error(call, -ENOMEM, "no 2 MiB block is free");
	f.buf = both_worlds(call->app, block);
	err = write_report(call, "tablewalk/report.txt", EMIT_TEXT, &f);
	if (!err)
		err = write_report(call, "tablewalk/report.json", EMIT_JSON, &f);
	free_pages(sys, block, REPORT_ORDER);
	return err;
}

/* ---- leaving ----------------------------------------------------------------------------- */

static int leave(struct cmd_call *call, enum app_leave how)
{
	int err = cmd_no_more_args(call, 0);

	if (err)
		return err;
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
	{"help", "[COMMAND]", "the commands, or what one takes", cmd_help, NULL},
	{"start", "", "the start screen again", cmd_start, NULL},
	{"report", "", "write all views to tablewalk/report.txt and .json on the stick", cmd_report,
	 NULL},
	{"boottime", "", "ticks and bytes of each step of start-up", cmd_boottime, NULL},
	{"version", "", "this program, its image, the firmware", cmd_version, NULL},
	{"quit", "", "give everything back and return to the firmware", cmd_quit, NULL},
	{"reboot", "", "the same, then reset the machine", cmd_reboot, NULL},
	{"poweroff", "", "the same, then switch it off", cmd_poweroff, NULL},
};

const struct cmd_table cmds_program = {"Program", rows, ARRAY_SIZE(rows)};

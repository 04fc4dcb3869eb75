/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `report`: what all commands with a report row say, as two files on the stick. */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

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

int cmd_report(struct cmd_call *call)
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

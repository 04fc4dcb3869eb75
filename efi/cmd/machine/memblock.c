/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `memblock`: all RAM, and the part of it that was in use before there were pages. */
#include "cmd/cmds.h"
#include "lib.h"

/* As debugfs' memblock/memory and memblock/reserved: ends are inclusive there, "x" is no node. */
static void show_regions(struct emit *out, const struct memblock_type *type)
{
	char flags[40], nid[8];

	emit_list(out, type->name);
	for (u32 i = 0; i < type->cnt && !emit_stopped(out); i++) {
		const struct memblock_region *r = &type->regions[i];

		fmt_print(nid, sizeof(nid), "%d", r->nid);
		memblock_flags_text(flags, sizeof(flags), r->flags);
		emit_row(out, "{:4}: 0x{base:016x}..0x{:016x} {size!}{node!}{:4~x} {flags~NONE}\n",
			 i, r->base, r->base + r->size - 1, r->size, r->nid,
			 r->nid == NUMA_NO_NODE ? NULL : nid, flags);
	}
	emit_end(out);
}

/* A list under its heading; alone it has none, and is the debugfs file to the letter. */
static void show_list(struct emit *out, const char *heading, const struct memblock_type *type,
		      const char *only)
{
	if (only && strcmp(only, type->name))
		return;
	if (!only)
		emit_put(out, heading, type->cnt, type->total_size);
	show_regions(out, type);
}

static const char *const memblock_words[] = {"memory", "reserved", NULL};

static int cmd_memblock(struct cmd_call *call)
{
	const struct memblock *mb = &call->app->sys.memblock;
	const char *only = call->argc ? call->argv[0] : NULL;
	struct emit *out = call->out;

	if (only && strcmp(only, "memory") && strcmp(only, "reserved"))
		return cmd_error(call, -EINVAL, "%s: lists are memory and reserved", only);
	emit_object(out, NULL);
	show_list(out, "memory: {:} regions, {memory_bytes} bytes\n", &mb->memory, only);
	show_list(out, "reserved: {:} regions, {reserved_bytes} bytes\n", &mb->reserved, only);
	emit_end(out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "memblock",
	 .args = "[memory|reserved]",
	 .help = "all RAM and what of it is taken, as Linux's debugfs shows it",
	 .fn = cmd_memblock,
	 .words = memblock_words,
	 .examples = "memblock; memblock reserved",
	 .report = "memblock",
	 .max_args = 1,
	 .flags = CMD_MACHINE},
};

const struct cmd_table cmds_memblock = {ROOM_MACHINE, rows, ARRAY_SIZE(rows)};

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `whatif machine`: what the page allocator makes of a machine that is not there. */
#include "app/invented.h"
#include "cmd/cmds.h"
#include "cmd/tables/save.h"
#include "whatif.h"
#include "lib.h"

#define LOAD_STEPS 20000

/* ---- a machine of a size ----------------------------------------------------------------- */

#define LOW_RAM (2 * GiB) /* as QEMU's q35 lays RAM out: the rest begins at 4 GiB */

static void add_usable(struct mapfile *m, phys_addr_t start, phys_addr_t end)
{
	if (start < end)
		m->e820.range[m->e820.nr++] =
			(struct e820_range){.start = start, .end = end, .type = E820_USABLE};
}

/* Equal shares of RAM, counted as the machine lays it out; the last node has the rest. */
static void add_nodes(struct mapfile *m, u64 ram, u32 nodes)
{
	u64 share = round_down(ram / nodes, PT_SIZE(1)), low = min(ram, LOW_RAM);

	for (u32 nid = 0; nid < nodes; nid++) {
		u64 at = nid * share, end = nid + 1 == nodes ? ram : at + share;

		numa_node_of_pxm(&m->numa, nid);
		while (at < end) {
			u64 stop = at < low ? min(end, low) : end;
			u64 pa = at < low ? at : at - low + 4 * GiB;

			numa_add_range(&m->numa, (int)nid, pa, pa + (stop - at), false, false);
			at = stop;
		}
	}
}

static int invent_map(struct cmd_call *call, u64 ram, u32 nodes, struct app_block *ret)
{
	struct mapfile *m;

	if (ram < 32 * MiB || ram > 32 * TiB || !nodes || nodes > MAX_NUMNODES)
		return cmd_error(call, -ERANGE, "a machine has 32M to 32T of RAM and 1 to %u nodes",
				 MAX_NUMNODES);
	if (app_block_alloc(call->app, sizeof(*m), ret))
		return saved_no_memory(call, "the machine", sizeof(*m));
	m = ret->p;
	memset(m, 0, sizeof(*m));
	numa_init(&m->numa);
	m->is_e820 = true;
	add_usable(m, 0, 640 * KiB);
	add_usable(m, MiB, min(ram, LOW_RAM));
	add_usable(m, 4 * GiB, ram > LOW_RAM ? 4 * GiB + ram - LOW_RAM : 0);
	add_nodes(m, ram, nodes);
	return 0;
}

/* ---- looking ----------------------------------------------------------------------------- */

/* All views of a machine, from the rows that say so. */
static void view_names(const struct cmd_runner *runner, char *buf, size_t size)
{
	size_t len = 0;

	for (u32 t = 0; t < runner->nr_tables; t++) {
		for (u32 i = 0; i < runner->tables[t]->nr; i++) {
			const struct cmd *cmd = &runner->tables[t]->cmds[i];

			if (cmd->flags & CMD_MACHINE && len < size)
				len += (size_t)fmt_print(buf + len, size - len, "%s%s",
							 len ? ", " : "", cmd->name);
		}
	}
}

static int run_view(struct cmd_call *call, struct invented *inv, int first)
{
	const struct cmd_runner *runner = &call->app->shell.runner;
	struct cmd_place here = {.require = CMD_MACHINE};
	char names[160], title[200];

	view_names(runner, names, sizeof(names));
	fmt_print(title, sizeof(title), "a view of a machine; those are %s", names);
	here.title = title;
	return cmd_run(runner, &here, &inv->app, call->argc - first, call->argv + first, call->out);
}

static void show_load(struct emit *out, const struct invented_load *l)
{
	emit_put(out,
		 "{nr_steps} random steps: {allocs} blocks allocated and freed, {refused} refused, "
		 "{peak_pages!}{:M} MiB at most\n",
		 l->steps, l->allocs, l->refused, l->peak_pages, l->peak_pages * PAGE_SIZE);
	if (l->failed)
		emit_put(out, "FAILED: {failed} {failed_at:#x}\n", l->failed, l->failed_at);
	else
		emit_put(out, "every invariant holds, all memory came back\n{failed!}", l->failed);
}

static int show_machine(struct cmd_call *call, struct invented *inv, const char *name)
{
	const struct mem_system *sys = &inv->app.sys;
	struct emit *out = call->out;
	struct invented_load load;
	u32 nodes = 0;

	for_each_node(sys, node)
		nodes += node->node_present_pages != 0;
	invented_load(inv, call->app->options.seed, LOAD_STEPS, &load);
	emit_object(out, NULL);
	emit_put(out,
		 "{machine}: {ram:M} MiB of RAM in {nr_nodes} node{?s}; descriptors have room in "
		 "{metadata_bytes:K} KiB; min_free_kbytes {min_free_kbytes}\n{managed!}",
		 name, inv->ram, nodes, nodes != 1, inv->metadata.reserved.total_size,
		 sys->page.min_free_kbytes, sys->page.totalram_pages);
	if (inv->app.numa_verdict > NUMA_OK)
		emit_put(out, "one node only: {verdict}\n",
			 numa_verdict_name(inv->app.numa_verdict));
	show_load(out, &load);
	emit_end(out);
	return load.failed ? -EFAULT : 0;
}

/* With or without the file's ending. */
static int read_map(struct cmd_call *call, const char *name, struct app_block *ret)
{
	char stem[APP_NAME_SIZE + 8];
	size_t len;

	fmt_print(stem, sizeof(stem), "%s", name);
	len = strlen(stem);
	if (len > 4 && !strcmp(stem + len - 4, ".map"))
		stem[len - 4] = '\0';
	return saved_read_map(call, stem, ret);
}

int cmd_whatif_machine(struct cmd_call *call)
{
	static struct invented inv;
	const char *name = call->argc ? call->argv[0] : NULL;
	struct app_block map = {0};
	u64 ram, nodes = 1, cpus = 1;
	int err = 0;

	if (!name)
		err = cmd_error(call, -EINVAL, "which one? NAME of tablewalk/NAME.map, or its RAM");
	if (!err)
		err = cmd_option_u64(call, "nodes", &nodes);
	if (!err)
		err = cmd_option_u64(call, "cpus", &cpus);
	if (!err && (!cpus || cpus > MAX_CPUS))
		err = cmd_error(call, -ERANGE, "cpus=%llu: 1 to %u", cpus, MAX_CPUS);
	if (err)
		return err;
	err = parse_u64(name, &ram) ? read_map(call, name, &map)
				    : invent_map(call, ram, (u32)min(nodes, 1000ULL), &map);
	if (err)
		return err;
	err = invented_build(call, map.p, (u32)cpus, &inv);
	if (!err)
		err = call->argc > 1 ? run_view(call, &inv, 1) : show_machine(call, &inv, name);
	invented_free(call->app, &inv);
	app_block_free(call->app, &map);
	return err;
}

static const struct cmd rows[] = {
	{.name = "whatif machine",
	 .args = "NAME|SIZE [nodes=N] [cpus=N] [VIEW]",
	 .help = "the page allocator of another machine: tablewalk/NAME.map, or so much RAM; a "
		 "load, or a view",
	 .fn = cmd_whatif_machine,
	 .examples = "whatif machine 64G nodes=2 zones",
	 .max_args = CMD_MAX_ARGS,
	 .flags = CMD_NEEDS_MM | CMD_COMMAND},
};

const struct cmd_table cmds_whatif_machine = {ROOM_WHATIF, rows, ARRAY_SIZE(rows)};

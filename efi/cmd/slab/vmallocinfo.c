/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `vmallocinfo`: areas of virtual addresses, as Linux lists them. */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/page_alloc.h"

/* ---- one area ---------------------------------------------------------------------------- */

static void show_kinds(struct emit *out, const struct vm_struct *area)
{
	static const struct {
		u32 flag;
		const char *name;
	} kinds[] = {
		{VM_IOREMAP, "ioremap"},
		{VM_ALLOC, "vmalloc"},
		{VM_MAP, "vmap"},
		{VM_USERMAP, "user"},
	};

	emit_list(out, "area_flags");
	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!(area->flags & kinds[i].flag))
			continue;
		emit_put(out, " {area_flag}", kinds[i].name);
	}
	emit_end(out);
}

static void show_nodes(struct emit *out, const struct mem_system *sys, const struct vm_struct *area)
{
	u32 pages[MAX_NUMNODES] = {0};

	for (u32 i = 0; i < area->nr_pages; i++)
		pages[page_to_nid(pfn_to_page(sys, vm_area_pfn(sys, area, i)))]++;
	emit_list(out, "node_pages");
	for_each_node(sys, node) {
		if (!pages[node->node_id])
			continue;
		emit_row(out, " N{node}={pages}", node->node_id, pages[node->node_id]);
	}
	emit_end(out);
}

static void show_area(struct emit *out, const struct mem_system *sys, const struct vm_struct *area)
{
	if (area->flags & VM_RAM) { /* Linux has no more than its addresses */
		emit_put(out, " {state}\n", "vm_map_ram");
		return;
	}
	emit_field(out, "state", "in use");
	if (area->caller)
		emit_put(out, " 0x{caller:x}", (u64)(uintptr_t)area->caller);
	if (area->flags & VM_ALLOC)
		emit_put(out, " pages={pages}", area->nr_pages);
	if (area->phys_addr)
		emit_put(out, " phys=0x{physical:016x}", area->phys_addr);
	show_kinds(out, area);
	if (area->flags & VM_ALLOC)
		show_nodes(out, sys, area);
	emit_text(out, "\n");
}

/* ---- all of them ------------------------------------------------------------------------- */

/* Linux lists areas that are freed and not purged after the others. */
static void show_areas(struct emit *out, const struct mem_system *sys, bool lazy)
{
	const struct vm_struct *area = NULL;

	while ((area = vmalloc_next(sys, area))) {
		if (!(area->flags & VM_LAZY) == lazy)
			continue;
		emit_object(out, NULL);
		emit_put(out, "0x{address:016x}-0x{:016x} {size:7}", area->addr,
			 area->addr + area->size, area->size);
		if (lazy)
			emit_put(out, " {state} vm_area\n", "unpurged");
		else
			show_area(out, sys, area);
		emit_end(out);
	}
}

static int cmd_vmallocinfo(struct cmd_call *call)
{
	const struct mem_system *sys = &call->app->sys;

	emit_list(call->out, NULL);
	show_areas(call->out, sys, false);
	show_areas(call->out, sys, true);
	emit_end(call->out);
	return 0;
}

/* ---- what was refused -------------------------------------------------------------------- */

static void show_last(struct emit *out, const struct vm_errors *e)
{
	emit_object(out, "last_refused");
	emit_put(out, "  the last: {what}, by {caller:#x}: address {address:#x}, {size} bytes\n",
		 vm_error_name(e->last), e->caller, e->addr, e->size);
	emit_end(out);
}

int cmd_show_refused_areas(struct cmd_call *call)
{
	const struct vm_errors *e = &call->app->sys.vmalloc.errors;
	struct emit *out = call->out;
	u64 all = 0;

	for (u32 i = 0; i < NR_VM_ERRORS; i++)
		all += e->count[i];
	emit_object(out, "areas");
	emit_put(out, "{refused} calls for areas refused, {no_memory} found no memory or no room\n",
		 all, e->nr_failed);
	emit_list(out, "refusals");
	for (u32 i = 0; i < NR_VM_ERRORS; i++)
		cmd_show_count(out, vm_error_name(i), e->count[i]);
	emit_end(out);
	if (all)
		show_last(out, e);
	emit_end(out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "vmallocinfo",
	 .args = "",
	 .help = "virtually contiguous areas, as /proc/vmallocinfo",
	 .fn = cmd_vmallocinfo,
	 .report = "vmallocinfo",
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_vmallocinfo = {ROOM_SLAB, rows, ARRAY_SIZE(rows)};

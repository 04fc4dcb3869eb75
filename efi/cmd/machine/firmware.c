/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the firmware hands over: its memory map, ACPI's nodes, the CPU. */
#include "cmd/cmds.h"
#include "cmd/tables/save.h"
#include "lib.h"
#include "ui/views.h"

static int cmd_memmap(struct cmd_call *call)
{
	struct app *app = call->app;
	bool linux_style = cmd_flag(call, "linux"), e820 = cmd_flag(call, "e820");
	bool now = cmd_flag(call, "now"), gaps = cmd_flag(call, "gaps");
	const struct memmap *map = &app->machine.map;
	const char *name = NULL;
	int err = cmd_option(call, "save", &name);

	if (err < 0)
		return err;
	if (now) {
		err = fw_memmap(&app->now);
		if (err)
			return cmd_error(call, err, "the firmware gives no map: %s",
					 fw_last_error());
		map = &app->now;
	}
	if (name)
		return cmd_save_map(call, map, name);
	if (e820)
		view_e820(call->out, &app->e820);
	else
		view_memmap(call->out, map,
			    linux_style ? MEMMAP_LINUX
			    : gaps	? MEMMAP_GAPS
					: MEMMAP_SHELL);
	return 0;
}

static int cmd_numa(struct cmd_call *call)
{
	struct app *app = call->app;

	view_numa(call->out, &app->machine.numa, app->machine.acpi_note, app->numa_verdict,
		  app->numa_conflict);
	return 0;
}

static int cmd_iomem(struct cmd_call *call)
{
	static const char *const names[NR_E820_TYPES] = {
		[E820_USABLE] = "System RAM",
		[E820_SOFT_RESERVED] = "Soft Reserved",
		[E820_PERSISTENT] = "Persistent Memory",
		[E820_ACPI_DATA] = "ACPI Tables",
		[E820_ACPI_NVS] = "ACPI Non-volatile Storage",
		[E820_UNACCEPTED] = "Unaccepted Memory",
		[E820_RESERVED] = "Reserved",
		[E820_UNUSABLE] = "Unusable memory",
	};
	const struct e820_table *t = &call->app->e820;

	emit_list(call->out, NULL);
	for (u32 i = 0; i < t->nr && !emit_stopped(call->out); i++) {
		const struct e820_range *r = &t->range[i];

		emit_row(call->out, "{start:08x}-{end:08x} : {name}\n", r->start, r->end - 1,
			 names[r->type]);
	}
	emit_end(call->out);
	return 0;
}

/* ---- cpu --------------------------------------------------------------------------------- */

static void show_feature(struct emit *out, const char *name, bool have, const char *what)
{
	char key[24];

	fmt_print(key, sizeof(key), "has_%s", name);
	emit_text(out, "  %-8s %-3s  %s\n", name, have ? "yes" : "no", what);
	emit_field(out, key, have);
}

static void show_mtrr(struct emit *out, const struct mtrr_state *m)
{
	static const char *const off = "memory types are not set by MTRRs here\n";

	if (!m->present || !m->enabled) {
		emit_text(out, "%s", off);
		return;
	}
	emit_put(out,
		 "MTRRs: default {mtrr_default}, fixed ranges {mtrr_fixed?on|off}, {mtrr_variable} "
		 "variable\n",
		 memtype_name((enum memtype)m->default_type), m->fixed_enabled, m->nr_variable);
}

static int cmd_cpu(struct cmd_call *call)
{
	const struct cpu_info *c = &call->app->machine.cpu;
	struct emit *out = call->out;

	emit_object(out, NULL);
	emit_put(out,
		 "{vendor} {brand}, family {cpu_family} model {cpu_model} stepping {cpu_stepping}"
		 "{hypervisor?, under a hypervisor}\n",
		 c->vendor, c->brand, c->family, c->model, c->stepping, c->hypervisor);
	emit_put(out, "physical addresses of {physical_bits} bits, virtual of {virtual_bits}\n",
		 c->phys_bits, c->virt_bits);
	emit_put(out,
		 "as found: CR0 {cr0:#x} CR3 {cr3:#x} CR4 {cr4:#x} EFER {efer:#x} PAT "
		 "{pat_msr:#x}\n",
		 c->cr0, c->cr3, c->cr4, c->efer, c->pat_msr);
	show_feature(out, "la57", c->la57, "5-level paging, 57-bit addresses");
	show_feature(out, "pdpe1gb", c->page1g, "1 GiB pages");
	show_feature(out, "nx", c->nx, "no-execute bit");
	show_feature(out, "pge", c->pge, "global pages");
	show_feature(out, "pcid", c->pcid, "process-context identifiers");
	show_feature(out, "smep", c->smep, "no execution of user pages by the kernel");
	show_feature(out, "smap", c->smap, "no access to user pages by the kernel");
	show_feature(out, "umip", c->umip, "SGDT and the like only in the kernel");
	show_feature(out, "pku", c->pku, "protection keys for user pages");
	show_feature(out, "pks", c->pks, "protection keys for supervisor pages");
	show_feature(out, "cet_ss", c->cet_ss, "shadow stacks");
	show_feature(out, "cet_ibt", c->cet_ibt, "indirect branch tracking");
	show_feature(out, "mtrr", c->mtrr.present, "memory type range registers");
	show_feature(out, "pat", c->pat, "page attribute table");
	show_mtrr(out, &c->mtrr);
	emit_end(out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "memmap",
	 .args = "[--linux|--e820|--gaps] [--now] [--save NAME]",
	 .help = "the firmware's memory map as found, in the UEFI shell's or Linux's form",
	 .fn = cmd_memmap,
	 .examples = "memmap; memmap --linux; memmap --gaps",
	 .report = "memmap; memmap --e820"},
	{.name = "numa",
	 .args = "",
	 .help = "nodes, ranges, CPUs and distances from ACPI",
	 .fn = cmd_numa,
	 .report = "numa"},
	{.name = "iomem",
	 .args = "",
	 .help = "physical addresses by use, as /proc/iomem",
	 .fn = cmd_iomem,
	 .report = "iomem"},
	{.name = "cpu",
	 .args = "",
	 .help = "CPU features for memory, control registers as found",
	 .fn = cmd_cpu,
	 .report = "cpu"},
};

const struct cmd_table cmds_firmware = {ROOM_MACHINE, rows, ARRAY_SIZE(rows)};

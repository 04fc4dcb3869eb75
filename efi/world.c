/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Our world's page tables on a real machine: the system's own maps (mm_build_tables), the identity
 * map of what the firmware's tables cover, our image section by section, and our stacks with guard
 * pages around them. Page 0 stays absent.
 */
#include "world.h"

#include "app/app.h"
#include "lib.h"
#include "arch/smp.h"
#include "mm/init.h"

#define LOW_SIZE (GATE_LOW_PAGES * PAGE_SIZE)

/* Ranges of the identity map that are not mapped with the firmware's rights. */
static u32 fill_holes(const struct app *app, const struct gate_config *gate, struct pt_hole *holes)
{
	phys_addr_t low = (u64)(uintptr_t)gate->low;
	u32 nr = 0;

	holes[nr++] = (struct pt_hole){app->machine.image_start, app->machine.image_end};
	if (low)
		holes[nr++] = (struct pt_hole){low, low + gate->nr_cpus * LOW_SIZE};
	return nr;
}

static int map_image(struct app *app)
{
	struct mem_system *sys = &app->sys;

	for (u32 i = 0; i < app->machine.nr_sections; i++) {
		const struct image_section *s = &app->machine.sections[i];
		u64 flags = (s->write ? PT_WRITE : 0) | (s->exec ? 0 : PT_NOEXEC);
		int err = pt_build_range(&sys->pt, s->start, s->start, s->end - s->start, flags, 0,
					 sys->given.mtrr);

		if (err)
			return err;
	}
	return 0;
}

/* The stub that toggles LA57, one for each CPU: its first page holds code, the others its data and
 * little tables. */
static int map_low(struct app *app, const struct gate_config *gate)
{
	struct pgtable *pt = &app->sys.pt;
	phys_addr_t low = (u64)(uintptr_t)gate->low;
	int err = 0;

	for (u32 i = 0; low && !err && i < gate->nr_cpus; i++, low += LOW_SIZE) {
		err = pt_map(pt, low, low, PAGE_SIZE, 0, 0);
		if (!err)
			err = pt_map(pt, low + PAGE_SIZE, low + PAGE_SIZE, LOW_SIZE - PAGE_SIZE,
				     PT_WRITE | PT_NOEXEC, 0);
	}
	return err;
}

/* Takes the guards out of each CPU's block. */
static int cut_guards(struct app *app, const struct gate_config *gate)
{
	phys_addr_t at = (u64)(uintptr_t)gate->blocks;
	int err = 0;

	for (u32 i = 0; !err && i < gate->nr_cpus; i++, at += GATE_BLOCK_SIZE) {
		err = pt_unmap(&app->sys.pt, at + GATE_GUARD_1, PAGE_SIZE);
		if (!err)
			err = pt_unmap(&app->sys.pt, at + GATE_GUARD_2, PAGE_SIZE);
	}
	return err;
}

static int take_pages(struct app *app, bool toggle, struct gate_config *gate)
{
	phys_addr_t low, blocks;
	int err =
		app_own_pages(app, gate->nr_cpus * GATE_BLOCK_SIZE / PAGE_SIZE, 0, false, &blocks);

	if (!err)
		gate->blocks = (u8 *)(uintptr_t)blocks;
	if (err || !toggle)
		return err;
	/* One more, so that aligned runs are among them: none may cross 2 MiB. */
	err = app_own_pages(app, (gate->nr_cpus + 1) * GATE_LOW_PAGES, 4 * GiB, true, &low);
	if (!err)
		gate->low = (u8 *)(uintptr_t)round_up(low, LOW_SIZE);
	return err;
}

/* Which CPUs there are, and pages for all of them, or else for the boot CPU alone. */
static int take_cpus(struct app *app, struct gate_config *gate)
{
	static u32 apic_ids[MAX_CPUS];
	bool toggle = app->sys.pt.levels != app->fw_pt.levels;
	int err;

	gate->nr_cpus = smp_prepare(apic_ids);
	gate->apic_ids = apic_ids;
	err = take_pages(app, toggle, gate);
	if (!err || gate->nr_cpus == 1)
		return err;
	smp_give_up("no memory for the stacks of %u CPUs", gate->nr_cpus);
	gate->nr_cpus = 1;
	return take_pages(app, toggle, gate);
}

/* The allocators' CPUs, and the nodes that ACPI says they are on. */
static void tell_mm(struct mem_system *sys, const struct gate_config *gate)
{
	sys->given.nr_cpus = smp_nr_cpus();
	for (u32 i = 0; i < gate->nr_cpus; i++) {
		for (u32 k = 0; sys->given.numa && k < sys->given.numa->nr_cpus; k++) {
			const struct numa_cpu *c = &sys->given.numa->cpus[k];

			if (c->apic_id == gate->apic_ids[i] && c->nid != NUMA_NO_NODE)
				sys->given.cpu_nid[i] = c->nid;
		}
	}
}

int world_build(struct app *app)
{
	struct mem_system *sys = &app->sys;
	struct gate_config gate = {.levels = sys->pt.levels, .nx = sys->pt.nx};
	struct pt_hole holes[2];
	int err = take_cpus(app, &gate);

	if (!err)
		err = mm_build_tables(sys);
	if (err)
		return err;
	mm_step(sys, "identity map");
	err = pt_build_identity(&sys->pt, &app->fw_pt, sys->given.mtrr, holes,
				fill_holes(app, &gate, holes), &app->identity);
	if (!err)
		err = map_image(app);
	if (!err)
		err = map_low(app, &gate);
	if (!err)
		err = cut_guards(app, &gate);
	if (!err && smp_nr_cpus() > 1 && apic_prepare(&sys->pt))
		smp_give_up("the local APIC cannot be used to reach the other CPUs");
	mm_steps_end(sys);
	if (err)
		return err;
	tell_mm(sys, &gate);
	gate.root = sys->pt.root;
	return gate_init(&gate);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Our world's page tables on a real machine: the system's own maps (mm_build_tables), the identity
 * map of what the firmware's tables cover, our image section by section, and our stacks with guard
 * pages around them. Page 0 stays absent.
 */
#include "world.h"

#include "app.h"

#define PAGES(bytes) ((bytes) / PAGE_SIZE)

/* Ranges of the identity map that are not mapped with the firmware's rights. */
static u32 fill_holes(const struct app *app, phys_addr_t low, struct pt_hole *holes)
{
	u32 nr = 0;

	holes[nr++] = (struct pt_hole){app->machine.image_start, app->machine.image_end};
	if (low)
		holes[nr++] = (struct pt_hole){low, low + GATE_LOW_PAGES * PAGE_SIZE};
	return nr;
}

static int map_image(struct app *app)
{
	struct mem_system *sys = &app->sys;

	for (u32 i = 0; i < app->machine.nr_sections; i++) {
		const struct image_section *s = &app->machine.sections[i];
		u64 flags = (s->write ? PT_WRITE : 0) | (s->exec ? 0 : PT_NOEXEC);
		int err = pt_build_range(&sys->pt, s->start, s->start, s->end - s->start, flags, 0,
					 sys->mtrr);

		if (err)
			return err;
	}
	return 0;
}

/* The stub that toggles LA57: its first page holds code, the others its data and little tables. */
static int map_low(struct app *app, phys_addr_t low)
{
	struct pgtable *pt = &app->sys.pt;
	int err = pt_map(pt, low, low, PAGE_SIZE, 0, 0);

	if (!err)
		err = pt_map(pt, low + PAGE_SIZE, low + PAGE_SIZE, (GATE_LOW_PAGES - 1) * PAGE_SIZE,
			     PT_WRITE | PT_NOEXEC, 0);
	return err;
}

/* Stack memory is [guard][stack][guard][trap stack][guard]...: the guards are taken out. */
static int cut_guards(struct app *app, phys_addr_t stacks, struct gate_config *gate)
{
	phys_addr_t at = stacks;
	int err = pt_unmap(&app->sys.pt, at, PAGE_SIZE);

	at += PAGE_SIZE;
	gate->stack = (u8 *)(uintptr_t)at;
	at += GATE_STACK_SIZE;
	if (!err)
		err = pt_unmap(&app->sys.pt, at, PAGE_SIZE);
	gate->trap_stacks = (u8 *)(uintptr_t)(at + PAGE_SIZE);
	return err;
}

static int take_pages(struct app *app, bool toggle, phys_addr_t *ret_low, phys_addr_t *ret_stacks)
{
	u64 stack_pages =
		2 + PAGES(GATE_STACK_SIZE) + PAGES(GATE_TRAP_STACKS * GATE_TRAP_STACK_SIZE);
	int err = app_own_pages(app, stack_pages, 0, false, ret_stacks);

	*ret_low = 0;
	if (!err && toggle) {
		/* Twice as many, so that an aligned run is among them: it must not cross 2 MiB. */
		err = app_own_pages(app, 2 * GATE_LOW_PAGES, 4 * GiB, true, ret_low);
		*ret_low = round_up(*ret_low, GATE_LOW_PAGES * PAGE_SIZE);
	}
	return err;
}

int world_build(struct app *app)
{
	struct mem_system *sys = &app->sys;
	struct gate_config gate = {.levels = sys->pt.levels, .nx = sys->pt.nx};
	struct pt_hole holes[2];
	phys_addr_t low, stacks;
	int err = take_pages(app, sys->pt.levels != app->fw_pt.levels, &low, &stacks);

	if (!err)
		err = mm_build_tables(sys);
	if (err)
		return err;
	mm_step(sys, "identity map");
	err = pt_build_identity(&sys->pt, &app->fw_pt, sys->mtrr, holes,
				fill_holes(app, low, holes), &app->identity);
	if (!err)
		err = map_image(app);
	if (!err && low)
		err = map_low(app, low);
	if (!err)
		err = cut_guards(app, stacks, &gate);
	mm_steps_end(sys);
	if (err)
		return err;
	gate.root = sys->pt.root;
	gate.low = (u8 *)(uintptr_t)low;
	return gate_init(&gate);
}

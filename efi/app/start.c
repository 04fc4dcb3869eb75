/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The start screen: one page of 80x24 that says what machine this is and what was built on it. */
#include "app.h"
#include "lib.h"
#include "ui/views.h"

/* "31.9 GiB", "640 KiB": one decimal from MiB up. */
static const char *human(char *buf, size_t size, u64 bytes)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
	u64 unit = KiB;
	u32 i = 0;

	while (i + 1 < ARRAY_SIZE(units) && bytes >= unit * 1024) {
		unit *= 1024;
		i++;
	}
	if (i == 0 || bytes % unit == 0)
		fmt_print(buf, size, "%llu %s", bytes / unit, units[i]);
	else
		fmt_print(buf, size, "%llu.%llu %s", bytes / unit, bytes % unit * 10 / unit,
			  units[i]);
	return buf;
}

static void show_machine(struct emit *out, const struct machine *m)
{
	const struct cpu_info *c = &m->cpu;

	emit_text(out, "machine   %.30s %.36s\n", m->vendor[0] ? m->vendor : "unknown", m->product);
	emit_text(out, "firmware  %.24s %.24s %.12s  UEFI %u.%u\n", m->firmware_vendor,
		  m->bios_version, m->bios_date, m->uefi_revision >> 16,
		  (m->uefi_revision & 0xffff) / 10);
	emit_text(out, "CPU       %.40s, %u-bit physical\n", c->brand[0] ? c->brand : c->vendor,
		  c->phys_bits);
	emit_text(out, "          5 levels %s, 1 GiB pages %s, NX %s, SMEP %s, SMAP %s, PKU %s\n",
		  c->la57 ? "yes" : "no", c->page1g ? "yes" : "no", c->nx ? "yes" : "no",
		  c->smep ? "yes" : "no", c->smap ? "yes" : "no", c->pku ? "yes" : "no");
	emit_text(out, "          Secure Boot %s, ACPI %s, display %s\n",
		  m->secure_boot  ? "on"
		  : m->setup_mode ? "off (setup mode)"
				  : "off",
		  m->have_acpi ? "yes" : "none found", m->have_gop ? "yes" : "none");
}

/* At most `max` zones; what is left is summed up in words. */
static void show_zones(struct emit *out, const struct mem_system *sys, u32 max)
{
	u32 shown = 0, hidden = 0;

	for_each_node(sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++) {
			const struct zone *zone = &node->node_zones[type];
			char present[24], managed[24];

			if (!populated_zone(zone))
				continue;
			if (shown == max) {
				hidden++;
				continue;
			}
			shown++;
			emit_text(
				out, "          node %d %-8s %12s present %12s ours\n",
				node->node_id, zone->name,
				human(present, sizeof(present), zone->present_pages << PAGE_SHIFT),
				human(managed, sizeof(managed), zone->managed_pages << PAGE_SHIFT));
		}
	}
	if (hidden)
		emit_text(out, "          and %u zones more: `zones` shows them\n", hidden);
}

static void show_tables(struct emit *out, const char *name, const struct pgtable *pt,
			const struct pt_stats *st)
{
	u64 tables = 0;
	char size[24];

	for (u32 level = 0; level < PT_MAX_LEVELS; level++)
		tables += st->tables[level];
	emit_text(out,
		  "  %-8s %u levels, %llu tables (%s): %llu x 4K, %llu x 2M, %llu x 1G; W+X %llu\n",
		  name, pt->levels, tables, human(size, sizeof(size), tables << PAGE_SHIFT),
		  st->leaves[0], st->leaves[1], st->leaves[2], st->writable_executable);
}

void app_start_screen(struct app *app, struct emit *out)
{
	const struct mem_system *sys = &app->sys;
	char ram[24], claimed[24];
	struct pt_stats own;

	emit_text(out, "tablewalk %s - memory and page tables of this machine\n\n", APP_VERSION);
	show_machine(out, &app->machine);
	emit_text(out,
		  "memory    %s RAM in %u descriptors; %s claimed, the rest stays with firmware\n",
		  human(ram, sizeof(ram), sys->memblock.memory.total_size), app->machine.map.nr,
		  human(claimed, sizeof(claimed), app->claimed_pages << PAGE_SHIFT));
	if (!app->started) {
		emit_text(out,
			  "The memory management did not start; views of the firmware work.\n");
		return;
	}
	show_zones(out, sys, 6);
	pt_stats(&sys->pt, &own);
	emit_text(out, "page tables\n");
	if (!app->machine.described)
		show_tables(out, "firmware", &app->fw_pt, &app->fw_stats);
	show_tables(out, "ours", &sys->pt, &own);
	if (app->exercised)
		view_exercise_summary(out, &app->last_exercise);
	emit_text(out, "\nType `help` for the commands, `quit` to go back to the firmware.\n");
}

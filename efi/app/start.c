/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The start screen: one page of 80x24 about the machine and our memory management. */
#include "app.h"
#include "lib.h"
#include "ui/views.h"

/* A size as "31.9 GiB", "640 KiB": with one decimal from MiB up. */
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

void app_uefi_revision(char buf[16], const struct machine *m)
{
	fmt_print(buf, 16, "%u.%u", m->uefi_revision >> 16, (m->uefi_revision & 0xffff) / 10);
}

static void show_machine(struct emit *out, const struct machine *m)
{
	const struct cpu_info *c = &m->cpu;
	char uefi[16];

	app_uefi_revision(uefi, m);
	emit_put(out, "machine   {maker:.30} {product:.36}\n", m->vendor[0] ? m->vendor : "unknown",
		 m->product);
	emit_put(
		out,
		"firmware  {firmware_vendor:.22} {bios_version:.22} {bios_date:.12}  UEFI {uefi}\n",
		m->firmware_vendor, m->bios_version, m->bios_date, uefi);
	emit_put(out, "CPU       {brand:.40}, {physical_bits}-bit physical\n",
		 c->brand[0] ? c->brand : c->vendor, c->phys_bits);
	emit_put(out,
		 "          5 levels {has_la57?yes|no}, 1 GiB pages {has_pdpe1gb?yes|no}, "
		 "NX {has_nx?yes|no}, SMEP {has_smep?yes|no}, SMAP {has_smap?yes|no}, "
		 "PKU {has_pku?yes|no}\n",
		 c->la57, c->page1g, c->nx, c->smep, c->smap, c->pku);
	emit_put(out,
		 "          Secure Boot {secure_boot}, ACPI {have_acpi?yes|none found}, "
		 "display {have_display?yes|none}\n",
		 m->secure_boot	 ? "on"
		 : m->setup_mode ? "off (setup mode)"
				 : "off",
		 m->have_acpi, m->have_gop);
}

/* Shows at most `max` zones, and says how many more there are. */
static void show_zones(struct emit *out, const struct mem_system *sys, u32 max)
{
	u32 shown = 0, hidden = 0;

	emit_list(out, "zones");
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
			emit_row(
				out,
				"          node {node} {name:-8} {present!}{:12} present "
				"{managed!}{:12} ours\n",
				node->node_id, zone->name, zone->present_pages,
				human(present, sizeof(present), zone->present_pages << PAGE_SHIFT),
				zone->managed_pages,
				human(managed, sizeof(managed), zone->managed_pages << PAGE_SHIFT));
		}
	}
	emit_end(out);
	if (hidden)
		emit_put(out, "          and {zones_left} zones more: `zones` shows them\n",
			 hidden);
}

static void show_tables(struct emit *out, const char *name, const struct pgtable *pt,
			const struct pt_stats *st)
{
	u64 tables = 0;

	for (u32 level = 0; level < PT_MAX_LEVELS; level++)
		tables += st->tables[level];
	emit_row(out,
		 "  {name:-8} {levels} levels, {nr_tables} tables: {pages_4k} x 4K, "
		 "{pages_2m} x 2M, {pages_1g} x 1G; W+X {writable_executable}\n",
		 name, pt->levels, tables, st->leaves[0], st->leaves[1], st->leaves[2],
		 st->writable_executable);
}

static void show_memory(const struct app *app, struct emit *out)
{
	u64 ram = app->sys.memblock.memory.total_size, claimed = app->claimed_pages << PAGE_SHIFT;
	char ram_text[24], claimed_text[24];

	emit_put(out,
		 "memory    {ram!}{:} RAM in {descriptors} descriptors; {claimed!}{:} claimed from "
		 "firmware\n",
		 ram, human(ram_text, sizeof(ram_text), ram), app->machine.map.nr, claimed,
		 human(claimed_text, sizeof(claimed_text), claimed));
}

static void show_all_tables(const struct app *app, struct emit *out)
{
	struct pt_stats own;

	pt_stats(&app->sys.pt, &own);
	emit_text(out, "page tables\n");
	emit_list(out, "page_tables");
	if (!app->machine.described)
		show_tables(out, "firmware", &app->fw_pt, &app->fw_stats);
	show_tables(out, "ours", &app->sys.pt, &own);
	emit_end(out);
}

void app_start_screen(struct app *app, struct emit *out)
{
	emit_object(out, NULL);
	emit_put(out, "tablewalk {version} - memory and page tables of this machine\n\n",
		 APP_VERSION);
	show_machine(out, &app->machine);
	show_memory(app, out);
	emit_field(out, "started", app->started);
	if (app->started) {
		show_zones(out, &app->sys, 6);
		show_all_tables(app, out);
		if (app->exercised)
			view_exercise_summary(out, &app->last_exercise);
		emit_text(out,
			  "\nType `help` for the commands, `quit` to go back to the firmware.\n");
	} else {
		emit_text(out,
			  "The memory management did not start; views of the firmware work.\n");
	}
	emit_end(out);
}

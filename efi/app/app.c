/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* From the machine at start to a memblock whose free memory is ours; and back to the firmware. */
#include "app.h"

#include "claim.h"
#include "lib.h"

/* ---- options ----------------------------------------------------------------------------- */

static void option_levels(struct app *app)
{
	char word[16];

	if (fw_option("levels", word, sizeof(word)) || !strcmp(word, "auto"))
		return;
	if (!strcmp(word, "4"))
		app->options.levels = 4;
	else if (!strcmp(word, "5"))
		app->options.levels = 5;
	else
		app_message("levels=%s: must be 4, 5 or auto; taking auto", word);
	if (app->options.levels == 5 && !app->machine.cpu.la57) {
		app_message("levels=5: this CPU has no LA57; taking 4");
		app->options.levels = 4;
	}
}

static void option_number(const char *name, u64 *ret)
{
	char word[32];

	if (!fw_option(name, word, sizeof(word)) && parse_u64(word, ret))
		app_message("%s=%s: must be a number such as 64M; taking the default", name, word);
}

/* kernelcore= and movablecore=: a size, or "30%" of memory. */
static void option_core(const char *name, struct core_option *ret)
{
	char word[32];
	size_t len;
	u64 n;

	if (fw_option(name, word, sizeof(word)))
		return;
	len = strlen(word);
	if (len && word[len - 1] == '%') {
		word[len - 1] = '\0';
		if (!parse_u64(word, &n) && n <= 100) {
			ret->percent = (u32)n;
			return;
		}
		word[len - 1] = '%';
	} else if (!parse_u64(word, &ret->bytes)) {
		return;
	}
	app_message("%s=%s: must be a size such as 2G, or percents such as 30%%; ignored", name,
		    word);
}

/* kernelcore=mirror has no size. */
static bool option_is_word(const char *name, const char *want)
{
	char word[32];

	return !fw_option(name, word, sizeof(word)) && !strcmp(word, want);
}

static bool option_is_on(const char *name)
{
	char word[8];

	return !fw_option(name, word, sizeof(word)) && strcmp(word, "0");
}

/* With Linux's names where Linux has such an option. */
static void read_page_options(struct page_options *o)
{
	static struct lock_watch watch;
	u64 fraction = 0;

	*o = page_option_defaults();
	option_number("min_free_kbytes", &o->min_free_kbytes);
	option_number("percpu_pagelist_high_fraction", &fraction);
	o->pcp_high_fraction = (u32)min(fraction, 1000000ULL);
	o->kernelcore_mirror = option_is_word("kernelcore", "mirror");
	if (!o->kernelcore_mirror)
		option_core("kernelcore", &o->kernelcore);
	option_core("movablecore", &o->movablecore);
	option_number("cma", &o->cma_bytes);
	o->movable_node = option_is_on("movable_node");
	o->watch = option_is_on("lockdep") ? &watch : NULL;
}

/* Linux's slub_debug and slab_nomerge; the others are ours. The value of a bare slub_debug is
 * "1". */
static void read_slab_options(struct slab_options *o)
{
	char word[64];
	u64 quarantine = 0;

	if (!fw_option("slub_debug", word, sizeof(word)) &&
	    slab_debug_parse(strcmp(word, "1") ? word : "", o))
		app_message("slub_debug=%s: must be letters of FZPU (checks, red zones, poison, "
			    "users), then maybe ,CACHE; or - ; taking none",
			    word);
	o->nomerge = option_is_on("slab_nomerge");
	o->randomise = option_is_on("slab_random");
	option_number("slab_quarantine", &quarantine);
	o->quarantine = (u32)min(quarantine, 0xffffffffULL);
	o->seed = arch_cycles();
	option_number("seed", &o->seed);
}

static void read_options(struct app *app)
{
	char text[400];

	if (fw_option_warnings(text, sizeof(text)))
		app_message("%s", text);
	option_levels(app);
	option_number("reserve", &app->options.reserve);
	option_number("claim", &app->options.claim);
	app->options.seed = 1;
	option_number("seed", &app->options.seed);
	read_page_options(&app->sys.given.page_options);
	read_slab_options(&app->sys.given.slab_options);
	if (fw_option("memmodel", text, sizeof(text)))
		return;
	if (!strcmp(text, "flat"))
		app->options.model = MEMMODEL_FLAT;
	else if (strcmp(text, "sparse"))
		app_message("memmodel=%s: must be sparse or flat; taking sparse", text);
}

/* ---- the firmware's page tables ---------------------------------------------------------- */

/* The firmware's tables are identity-mapped; they may be read inside ranges of its memory map. */
static const void *fw_table(const struct pgtable *pt, phys_addr_t pa)
{
	const struct memmap *map = pt->table_ctx;

	for (u32 i = 0; i < map->nr; i++) {
		if (pa >= map->desc[i].start && pa < mem_desc_end(&map->desc[i]))
			return (const void *)(uintptr_t)pa;
	}
	return NULL;
}

/* Our own tables are in RAM. The check is for copies with wrong entries, as the sandbox makes. */
static const void *own_table(const struct pgtable *pt, phys_addr_t pa)
{
	const struct mem_system *sys = pt->table_ctx;

	return memblock_is_memory(&sys->memblock, pa, PAGE_SIZE) ? phys_to_virt(sys, pa) : NULL;
}

static void find_fw_tables(struct app *app)
{
	const struct cpu_info *cpu = &app->machine.cpu;

	app->fw_pt = (struct pgtable){
		.root = cpu->cr3 & PTE_ADDR_MASK,
		.levels = cpu->cr4 & 1ULL << 12 ? 5 : 4, /* CR4.LA57 */
		.max_page_level = cpu->page1g ? 2 : 1,
		.nx = cpu->efer & 1ULL << 11, /* EFER.NXE */
		.phys_bits = cpu->phys_bits,
		.table = fw_table,
		.table_ctx = &app->machine.map,
	};
	if (!app->machine.described)
		pt_stats(&app->fw_pt, &app->fw_stats);
}

/* ---- memblock ---------------------------------------------------------------------------- */

static u8 our_levels(const struct app *app)
{
	return app->options.levels ? app->options.levels : app->machine.cpu.la57 ? 5 : 4;
}

#define DIRECT_MAP_BITS_4 46u /* of 4 levels, as Linux's MAXMEM */

/* The end of what the CPU can address (SDM vol. 3, 4.1.4), and the direct map can hold. */
static phys_addr_t reach(const struct app *app)
{
	u32 cpu_bits = app->machine.cpu.phys_bits;

	return 1ULL << (our_levels(app) == 5 ? cpu_bits : min(cpu_bits, DIRECT_MAP_BITS_4));
}

static int leave_out_far_memory(struct app *app)
{
	phys_addr_t end = reach(app);
	u64 lost;
	int err = e820_limit(&app->e820, end, &lost);

	if (!err && lost)
		app_message("%llu MiB of RAM from %#llx up are left out: %s", lost / MiB, end,
			    end >> app->machine.cpu.phys_bits
				    ? "the CPU has no more address bits"
				    : "4 levels of page tables map 64 TiB");
	return err;
}

/* So that it is not claimed either. */
static void cut_far_descriptors(struct memmap *map, phys_addr_t end)
{
	for (u32 i = 0; i < map->nr; i++) {
		struct mem_desc *d = &map->desc[i];

		if (d->start >= end)
			d->nr_pages = 0;
		else
			d->nr_pages = min(d->nr_pages, (end - d->start) >> PAGE_SHIFT);
	}
}

static int build_memblock(struct app *app)
{
	struct memblock *mb = &app->sys.memblock;
	int err, verdict;

	memblock_init(mb, app->memory_regions, app->reserved_regions, APP_MAX_REGIONS);
	err = e820_from_memmap(&app->e820, &app->machine.map);
	if (!err)
		err = e820_sanitize(&app->e820);
	if (!err)
		err = e820_trim_bios(&app->e820);
	if (!err)
		err = leave_out_far_memory(app);
	if (!err)
		err = e820_memblock_setup(&app->e820, mb);
	if (err)
		return err;
	verdict = numa_apply(&app->machine.numa, mb, &app->numa_conflict);
	if (verdict < 0)
		return verdict;
	app->numa_verdict = (enum numa_verdict)verdict;
	err = numa_clear_kernel_hotplug(mb, &app->machine.map);
	if (!err && app->sys.given.page_options.kernelcore_mirror)
		err = memblock_mark_mirror(mb, &app->machine.map);
	return err;
}

/* ---- claiming ---------------------------------------------------------------------------- */

static void pin(struct claim_pins *pins, phys_addr_t start, u64 size)
{
	phys_addr_t first = round_down(start, PAGE_SIZE);
	u64 pages = (round_up(start + size, PAGE_SIZE) - first) >> PAGE_SHIFT;
	struct app_range *last = pins->nr ? &pins->range[pins->nr - 1] : NULL;

	if (last && last->start + (last->pages << PAGE_SHIFT) == first)
		last->pages += pages;
	else if (pins->nr < CLAIM_MAX_PINS)
		pins->range[pins->nr++] = (struct app_range){first, pages};
}

static int pin_table(void *ctx, const struct pt_entry *e)
{
	if (e->present && !e->leaf && !e->wrong)
		pin(ctx, e->phys, PAGE_SIZE);
	return e->present && !e->leaf && e->level > 1 ? PT_DESCEND : PT_SKIP;
}

#define STACK_SPAN (256 * KiB) /* of the firmware's stack, below and above our position in it */

static void find_pins(struct app *app, struct claim_pins *pins)
{
	struct cpu_state state;
	u64 here = (u64)(uintptr_t)&state;

	pins->nr = 0;
	if (app->machine.described)
		return;
	arch_read_state(&state);
	pin(pins, here > STACK_SPAN ? here - STACK_SPAN : 0, 2 * STACK_SPAN);
	pin(pins, state.gdt_base, state.gdt_limit + 1u);
	pin(pins, state.idt_base, state.idt_limit + 1u);
	pin(pins, app->fw_pt.root, PAGE_SIZE);
	pt_walk(&app->fw_pt, 0, ~0ULL, pin_table, pins);
}

/* Reserves all memory but our claims. */
static int reserve_the_rest(struct app *app)
{
	struct memblock *mb = &app->sys.memblock;

	for (u32 i = 0; i < mb->memory.cnt; i++) {
		int err = memblock_reserve(mb, mb->memory.regions[i].base,
					   mb->memory.regions[i].size);

		if (err)
			return err;
	}
	for (u32 i = 0; i < app->nr_claims; i++) {
		int err =
			memblock_free(mb, app->claims[i].start, app->claims[i].pages << PAGE_SHIFT);

		if (err)
			return err;
	}
	return 0;
}

static int claim(struct app *app)
{
	static struct claim_pins pins;
	int err = fw_memmap(&app->now);

	if (err)
		return err;
	cut_far_descriptors(&app->now, reach(app));
	find_pins(app, &pins);
	claim_memory(app, &app->now, &pins);
	return reserve_the_rest(app);
}

int app_own_pages(struct app *app, u64 pages, phys_addr_t limit, bool exec, phys_addr_t *ret)
{
	int err;

	ASSERT(app->nr_own < APP_MAX_OWN, "%u ranges of our own", app->nr_own);
	err = fw_alloc(pages, limit, exec, ret);
	if (!err)
		app->own[app->nr_own++] = (struct app_range){*ret, pages};
	return err;
}

u32 app_release(struct app *app)
{
	u32 kept = 0;

	for (u32 i = 0; i < app->nr_claims; i++)
		kept += fw_release(app->claims[i].start, app->claims[i].pages) != 0;
	for (u32 i = 0; i < app->nr_own; i++)
		kept += fw_release(app->own[i].start, app->own[i].pages) != 0;
	app->nr_claims = app->nr_own = 0;
	return kept;
}

static void find_devices(struct app *app)
{
	struct mem_system *sys = &app->sys;
	u32 nr = device_ranges(&app->e820, sys->given.numa, sys->given.devices, MAX_DEVICE_RANGES);

	sys->given.nr_devices = min(nr, (u32)MAX_DEVICE_RANGES);
	if (nr > MAX_DEVICE_RANGES)
		app_message("%u of %u ranges of device memory are left out of ZONE_DEVICE",
			    nr - MAX_DEVICE_RANGES, nr);
}

int app_prepare(struct app *app)
{
	struct mem_system *sys = &app->sys;
	int err = fw_machine(&app->machine);

	if (err) {
		app_message("cannot read the machine: %s %s", err_name(err), fw_last_error());
		return err;
	}
	read_options(app);
	find_fw_tables(app);
	mm_step(sys, "memblock"); /* from the firmware's map and ACPI's nodes */
	err = build_memblock(app);
	if (err) {
		app_message("the memory map does not fit: %u descriptors, %u lost: %s",
			    app->machine.map.nr, app->machine.map.lost, err_name(err));
		return err;
	}
	mm_step(sys, "claim"); /* memory from the firmware */
	err = claim(app);
	mm_steps_end(sys);
	if (err)
		return err;
	/* If the nodes were refused, all memory is in node 0: do not show the others. */
	sys->given.numa = app->numa_verdict == NUMA_OK ? &app->machine.numa : NULL;
	find_devices(app);
	sys->given.mtrr = &app->machine.cpu.mtrr;
	sys->given.model = app->options.model;
	sys->pt.levels = our_levels(app);
	sys->pt.max_page_level = app->machine.cpu.page1g ? 2 : 1;
	sys->pt.nx = app->machine.cpu.nx;
	sys->pt.phys_bits = app->machine.cpu.phys_bits;
	sys->pt.changed = arch_pt_changed;
	sys->pt.table = own_table;
	sys->pt.table_ctx = sys;
	sys->given.layout = pt_layout_x86(sys->pt.levels);
	return 0;
}

void app_message(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = fmt_vprint(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	n = min(n, (int)sizeof(line) - 2);
	line[n] = '\n';
	fw_write(line, (size_t)n + 1);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Linux as the referee. A machine file has a firmware map, and in `expect` lines what Linux
 * concluded from it on that very boot. We build e820, memblock, nodes and zones from the same map
 * and compare fact by fact; first from the EFI map, then from the e820 records, where a file has
 * both.
 *
 * A difference must stand in tests/maps-explained.txt, and what stands there must differ. Beside
 * that, a few habits of old kernels are known here as rules, for machines that nobody has seen yet.
 *
 * Machines: our own invented ones, and those of the folder that MAPS names in the environment.
 */
#include <dirent.h>

#include "maps_fixture.h"

/* ---- ranges ------------------------------------------------------------------------------ */

static bool range_seen[LINUX_MAP_REGIONS];
static u32 nr_last_pfn;

/* The first one is the last frame of all, the second one that below 4 GiB. */
static void judge_last_pfn(struct linux_map *lm, const char *line)
{
	u64 pfn = strtoull(line + strlen("last-pfn "), NULL, 16);
	u64 ours = nr_last_pfn++ ? lm->max_low_pfn : lm->max_pfn;

	compare(line, 1, pfn == ours, false, "%#llx", ours);
}

static void judge_range(struct linux_map *lm, const char *line)
{
	const struct memblock_type *memory = &lm->sys.memblock.memory;
	unsigned long long start, end;
	bool found = false;
	int nid;

	assert_int_equal(sscanf(line, "range %d %llx %llx", &nid, &start, &end), 3);
	for (u32 i = 0; i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];

		if (r->base != start || r->base + r->size != end || r->nid != nid)
			continue;
		found = true;
		range_seen[i] = true;
	}
	compare(line, 1, found, false, "have no such range");
}

/* Where Linux has listed its ranges, it must have listed all of ours. */
static void judge_extra_ranges(void)
{
	const struct memblock_type *memory = &m.sys.memblock.memory;
	char text[80];

	for (u32 i = 0; i < memory->cnt; i++) {
		const struct memblock_region *r = &memory->regions[i];

		snprintf(text, sizeof(text), "range %d %#llx %#llx", r->nid, r->base,
			 r->base + r->size);
		if (!range_seen[i])
			compare("range none", 1, false, false, "%s", text);
	}
}

/* ---- zones ------------------------------------------------------------------------------- */

static const char *const zone_words[] = {"DMA", "DMA32", "Normal"};
static bool has_zone[ARRAY_SIZE(zone_words)]; /* the kernel that is the referee */

static int zone_of_word(const char *word)
{
	for (int i = 0; i < (int)ARRAY_SIZE(zone_words); i++) {
		if (!strcmp(word, zone_words[i]))
			return i;
	}
	return -1;
}

static void note_zone(struct linux_map *lm, const char *rest)
{
	char word[16];
	int zone = sscanf(rest, "%15s", word) == 1 ? zone_of_word(word) : -1;

	(void)lm;
	if (zone >= 0)
		has_zone[zone] = true;
}

/* The lowest of our zones that the referee's zone holds: a kernel without ZONE_DMA has that memory
 * in DMA32. A log that lists no zones says nothing about it. */
static int first_zone_in(int zone)
{
	bool listed = has_zone[0] || has_zone[1] || has_zone[2];

	while (listed && zone && !has_zone[zone - 1])
		zone--;
	return zone;
}

static bool borders_are(u64 start, u64 end, int nr_words, u64 want_start, u64 want_end)
{
	return nr_words < 3 ? start >= end : start == want_start && end == want_end;
}

/* Borders as Linux prints them: all zones, from the first page of RAM to the last. */
static void judge_zone(struct linux_map *lm, const char *line)
{
	static const u64 limits[] = {0, ZONE_DMA_END, ZONE_DMA32_END, ~0ULL};
	const struct memblock_type *memory = &lm->sys.memblock.memory;
	unsigned long long start = 0, end = 0;
	u64 top = pfn_to_phys(lm->max_pfn), low = memory->cnt ? memory->regions[0].base : 0, lo, hi;
	int nr, zone;
	char word[16];
	bool rule;

	nr = sscanf(line, "zone %15s %llx %llx", word, &start, &end);
	zone = zone_of_word(word);
	if (zone < 0)
		return; /* Device, Movable, HighMem: not from the map */
	hi = min(limits[zone + 1], top);
	lo = max(limits[first_zone_in(zone)], low);
	/* Until 4.0 the end of DMA32 was its limit, whether there was so much memory or not. */
	rule = borders_are(lo, hi, nr, start, end) ||
	       (older_than(400) && zone == 1 && start == lo && end == limits[zone + 1]);
	lo = max(limits[zone], low);
	compare(line, 2, borders_are(lo, hi, nr, start, end), rule, "%#llx %#llx", lo, hi);
}

struct zone_size {
	u64 present, spanned;
};

/* Sizes of our zones first..last of a node together. */
static struct zone_size zone_size(int nid, int first, int last)
{
	struct zone_size sum = {0, 0};
	u64 start = ~0ULL, end = 0;

	for (int z = first; m.sys.page.node_data[nid] && z <= last; z++) {
		const struct zone *zone = &m.sys.page.node_data[nid]->node_zones[z];

		if (!populated_zone(zone))
			continue;
		sum.present += zone->present_pages;
		start = min(start, zone->zone_start_pfn);
		end = max(end, zone_end_pfn(zone));
	}
	sum.spanned = end > start ? end - start : 0;
	return sum;
}

/* Pages for struct pages as Linux estimates them: for the span, unless it has large holes. */
static u64 memmap_pages(struct zone_size z, u64 page_struct)
{
	u64 pages = z.spanned > z.present + (z.present >> 4) ? z.present : z.spanned;

	return DIV_ROUND_UP(pages * page_struct, PAGE_SIZE);
}

static bool parse_zone_line(const char *line, int *nid, int *zone, u64 *pages)
{
	unsigned long long value;
	char word[16];

	if (sscanf(line, "%*s %d %15s %llu", nid, word, &value) != 3)
		fail_msg("%s: cannot read %s", file_name, line);
	*pages = value;
	*zone = zone_of_word(word);
	return *zone >= 0 && *nid >= 0 && *nid < MAX_NUMNODES;
}

static void judge_zonepages(struct linux_map *lm, const char *line)
{
	struct zone_size own, theirs;
	u64 pages, left;
	int nid, zone;

	(void)lm;
	if (!parse_zone_line(line, &nid, &zone, &pages))
		return;
	own = zone_size(nid, zone, zone);
	theirs = zone_size(nid, first_zone_in(zone), zone);
	/* 2.6 had taken off the struct pages already. */
	left = theirs.present - memmap_pages(theirs, 56);
	compare(line, 3, own.present == pages,
		theirs.present == pages || (older_than(300) && left == pages), "%llu", own.present);
}

/* struct page has 64 bytes, in some old configurations 56. This judges the spans. */
static void judge_memmap(struct linux_map *lm, const char *line)
{
	struct zone_size own, theirs;
	u64 pages;
	int nid, zone;

	(void)lm;
	if (!parse_zone_line(line, &nid, &zone, &pages))
		return;
	own = zone_size(nid, zone, zone);
	theirs = zone_size(nid, first_zone_in(zone), zone);
	compare(line, 3, memmap_pages(own, 64) == pages || memmap_pages(own, 56) == pages,
		memmap_pages(theirs, 64) == pages || memmap_pages(theirs, 56) == pages,
		"%llu (span %llu, present %llu)", memmap_pages(own, 64), own.spanned, own.present);
}

/* ---- nodes ------------------------------------------------------------------------------- */

static u64 node_present(int nid)
{
	return m.sys.page.node_data[nid] ? m.sys.page.node_data[nid]->node_present_pages : 0;
}

/* Where SRAT, or the lack of it, says that a node's memory begins. */
static u64 srat_start(const struct numa_info *numa, int nid)
{
	u64 start = numa->nr_ranges ? ~0ULL : 0;

	for (u32 i = 0; i < numa->nr_ranges; i++) {
		if (numa->ranges[i].nid == nid)
			start = min(start, numa->ranges[i].start);
	}
	return start;
}

static void judge_node(struct linux_map *lm, const char *line)
{
	unsigned long long start = 0, end = 0;
	u64 lo = 0, hi = 0;
	const pg_data_t *node;
	int nid, nr = sscanf(line, "node %d %llx %llx", &nid, &start, &end);

	if (lm->nodes_from_expect)
		return; /* was our input */
	assert_in_range(nid, 0, MAX_NUMNODES - 1);
	node = lm->sys.page.node_data[nid];
	if (node && node->node_present_pages) {
		lo = pfn_to_phys(node->node_start_pfn);
		hi = lo + pfn_to_phys(node->node_spanned_pages);
	}
	/* Until 3.16 a node's setup began where SRAT begins, not where RAM does. */
	compare(line, 2, borders_are(lo, hi, nr, start, end),
		older_than(317) && start == srat_start(&lm->file.numa, nid) && end == hi,
		"%#llx %#llx", lo, hi);
}

static void judge_totalpages(struct linux_map *lm, const char *line)
{
	unsigned long long pages;
	int nid;

	(void)lm;
	assert_int_equal(sscanf(line, "totalpages %d %llu", &nid, &pages), 2);
	assert_in_range(nid, 0, MAX_NUMNODES - 1);
	compare(line, 2, node_present(nid) == pages, false, "%llu", node_present(nid));
}

static u64 reserved_pages; /* what Linux took off its DMA zone at that point */

static void note_reserved(struct linux_map *lm, const char *rest)
{
	unsigned long long pages;

	(void)lm;
	if (sscanf(rest, "%*d %*s %llu", &pages) == 1)
		reserved_pages += pages;
}

/* All zones' pages less their struct pages, as Linux counted them then. */
static u64 zonelist_pages(u64 page_struct)
{
	u64 pages = 0;

	for (int nid = 0; nid < MAX_NUMNODES; nid++) {
		for (int zone = 0; m.sys.page.node_data[nid] && zone <= ZONE_NORMAL; zone++) {
			struct zone_size z = zone_size(nid, zone, zone);
			u64 memmap = memmap_pages(z, page_struct);

			pages += z.present - (memmap <= z.present ? memmap : 0);
		}
	}
	return pages - reserved_pages;
}

static u64 present_pages(void)
{
	u64 pages = 0;

	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		pages += node_present(nid);
	return pages;
}

#define DMA_PAGES (ZONE_DMA_END >> PAGE_SHIFT)

/*
 * "Built N zonelists, ... Total pages": struct pages of 64 or, in some old configurations, 56
 * bytes. What was reserved below 16 MiB is taken off too; some logs do not say how much that was.
 * From 6.10 on struct pages are not taken off any more.
 */
static void judge_zonelist_pages(struct linux_map *lm, const char *line)
{
	unsigned long long pages;
	bool rule;
	u64 own;

	assert_int_equal(sscanf(line, "zonelist-pages %llu", &pages), 1);
	reserved_pages = 0;
	linux_map_lines(lm, "expect reserved ", note_reserved);
	own = older_than(610) ? zonelist_pages(64) : present_pages();
	rule = !reserved_pages && own - pages < DMA_PAGES;
	compare(line, 1, own == pages || zonelist_pages(56) == pages, rule, "%llu", own);
}

static void judge_memory(struct linux_map *lm, const char *line)
{
	unsigned long long avail, total;
	u64 pages = 0;

	assert_int_equal(sscanf(line, "memory %llu %llu", &avail, &total), 2);
	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		pages += node_present(nid);
	/* Until 3.10 the holes were counted too. */
	compare(line, 1, pages * 4 == total, older_than(311) && lm->max_pfn * 4 == total, "%llu",
		pages * 4);
}

/* "fallback NODE ORDER": Linux's "Fallback order for Node". A node without memory is in its own
 * line only, where it comes first. */
static void judge_fallback(struct linux_map *lm, const char *line)
{
	char own[256], want[256] = "";
	const struct zonelist *list;
	int nid, len, last;

	(void)lm;
	assert_int_equal(sscanf(line, "fallback %d %255[0-9 ]", &nid, want), 2);
	assert_in_range(nid, 0, MAX_NUMNODES - 1);
	list = &m.sys.page.node_data[nid]->node_zonelists[ZONELIST_FALLBACK];
	len = snprintf(own, sizeof(own), "%d", nid);
	last = nid;
	for (u32 i = 0; i < list->nr; i++) {
		if (list->zones[i]->zone_pgdat->node_id == last)
			continue;
		last = list->zones[i]->zone_pgdat->node_id;
		len += snprintf(own + len, sizeof(own) - (size_t)len, " %d", last);
	}
	compare(line, 2, !strcmp(own, want), false, "%s", own);
}

static void judge_movable(struct linux_map *lm, const char *line)
{
	unsigned long long start;
	u64 own;
	int nid;

	(void)lm;
	assert_int_equal(sscanf(line, "movable %d %llx", &nid, &start), 2);
	assert_in_range(nid, 0, MAX_NUMNODES - 1);
	own = pfn_to_phys(m.sys.page.node_data[nid]->movable_pfn);
	compare(line, 2, own == start, false, "%#llx", own);
}

/* ---- machines ---------------------------------------------------------------------------- */

static void judge(struct linux_map *lm, const char *line)
{
	static const struct {
		const char *word;
		void (*fn)(struct linux_map *lm, const char *line);
	} judges[] = {
		{"last-pfn ", judge_last_pfn},
		{"range ", judge_range},
		{"zone ", judge_zone},
		{"node ", judge_node},
		{"totalpages ", judge_totalpages},
		{"zonepages ", judge_zonepages},
		{"memmap ", judge_memmap},
		{"memory ", judge_memory},
		{"zonelist-pages ", judge_zonelist_pages},
		{"fallback ", judge_fallback},
		{"movable ", judge_movable},
	};

	for (u32 i = 0; i < ARRAY_SIZE(judges); i++) {
		if (!strncmp(line, judges[i].word, strlen(judges[i].word)))
			judges[i].fn(lm, line);
	}
}

static void run_view(bool from_e820)
{
	if (!linux_map_build(&m, from_e820))
		return;
	memset(has_zone, 0, sizeof(has_zone));
	memset(range_seen, 0, sizeof(range_seen));
	nr_last_pfn = 0;
	linux_map_lines(&m, "expect zone ", note_zone);
	linux_map_lines(&m, "expect ", judge);
	if (strstr(m.text, "\nexpect range "))
		judge_extra_ranges();
	linux_map_free(&m);
}

static void run_machine(const char *dir, const char *name)
{
	u32 facts = count.facts;
	char path[600];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file_name = name;
	linux_map_load(&m, path);
	run_view(false);
	run_view(true);
	linux_map_unload(&m);
	count.machines++;
	count.without_facts += count.facts == facts;
	for (u32 i = 0; i < nr_explained; i++) {
		if (strcmp(explained[i].file, name) || explained[i].differed)
			continue;
		print_error("%s %s: does not differ any more\n", name, explained[i].what);
		count.unexpected++;
	}
}

static int is_map(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && !strcmp(d->d_name + n - 4, ".map");
}

static void run_folder(const char *dir)
{
	struct dirent **names;
	int nr;

	read_explained();
	nr = scandir(dir, &names, is_map, alphasort);
	if (nr < 0) {
		print_message("# skipped: there is no folder %s\n", dir);
		skip();
	}
	memset(&count, 0, sizeof(count));
	for (int i = 0; i < nr; i++) {
		run_machine(dir, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	print_message("# %s: %u machines (%u without a log), %u facts compared, %u explained, "
		      "%u by rule\n",
		      dir, count.machines, count.without_facts, count.facts, count.explained,
		      count.by_rule);
	if (count.unexpected)
		fail_msg("%u differences; explain them in %s or mend them", count.unexpected,
			 EXPLAINED);
}

static void real_machines_agree_with_linux(void **state)
{
	const char *dir = getenv("MAPS");

	(void)state;
	if (!dir) {
		print_message("# skipped: MAPS names no folder of real machines\n");
		skip();
	}
	run_folder(dir);
}

static void invented_machines_agree_with_reasoning(void **state)
{
	(void)state;
	run_folder(OWN_MAPS);
	assert_true(count.machines >= 12);
	assert_int_equal(count.without_facts, 0);
	run_folder(OWN_RULES);
	assert_int_equal(count.without_facts, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invented_machines_agree_with_reasoning),
		cmocka_unit_test(real_machines_agree_with_linux),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

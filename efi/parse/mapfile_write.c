/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Writes a machine file, for a colleague, another boot, or `tablewalk --map`. */
#include "lib.h"
#include "parse/mapfile.h"

struct writer {
	int (*fn)(void *ctx, const char *s, size_t n);
	void *ctx;
	int err;
};

__printf(2, 3) static void put(struct writer *w, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	if (w->err)
		return;
	va_start(ap, fmt);
	n = fmt_vprint(line, sizeof(line), fmt, ap);
	va_end(ap);
	ASSERT(n < (int)sizeof(line), "%d", n);
	w->err = w->fn(w->ctx, line, (size_t)n);
}

static void flag_words(char *buf, size_t size, u64 attr)
{
	size_t len = 0;
	u64 left = attr;

	for (u32 i = 0; i < MAPFILE_NR_FLAGS; i++) {
		if (!(left & mapfile_flags[i].bit))
			continue;
		left &= ~mapfile_flags[i].bit;
		len += (size_t)fmt_print(buf + len, size - len, "%s%s", len ? "," : "",
					 mapfile_flags[i].name);
	}
	if (left)
		fmt_print(buf, size, "attr=0x%llx", attr);
	else if (!len)
		fmt_print(buf, size, "-");
}

static void put_desc(struct writer *w, const struct mem_desc *d)
{
	phys_addr_t end = mem_desc_end(d);
	char type[24], flags[96];

	if (d->type < NR_MEM_TYPES)
		fmt_print(type, sizeof(type), "%s", mapfile_types[d->type]);
	else
		fmt_print(type, sizeof(type), "Type0x%x", d->type);
	flag_words(flags, sizeof(flags), d->attr);
	if ((end - d->start) >> PAGE_SHIFT == d->nr_pages && is_aligned(end - d->start, PAGE_SIZE))
		put(w, "mem 0x%012llx 0x%012llx %s %s\n", d->start, end, type, flags);
	else
		put(w, "# past the end: 0x%llx, %llu pages, %s %s\n", d->start, d->nr_pages, type,
		    flags);
}

static void put_numa(struct writer *w, const struct numa_info *n)
{
	bool named[MAX_NUMNODES] = {false};
	u32 nr = min(n->nr_nodes, (u32)MAX_NUMNODES);

	for (u32 i = 0; i < n->nr_ranges; i++) {
		const struct numa_range *r = &n->ranges[i];

		put(w, "srat %d 0x%llx 0x%llx%s%s\n", r->nid, r->start, r->end,
		    r->hotplug ? " hotplug" : "", r->non_volatile ? " non-volatile" : "");
		named[r->nid] = true;
	}
	for (u32 node = 0; node < nr; node++) {
		char line[MAX_NUMNODES * 4 + 1];
		size_t len = 0;

		if (!named[node])
			put(w, "srat %u 0x0 0x0\n", node); /* it has only CPUs */
		for (u32 to = 0; to < nr; to++)
			len += (size_t)fmt_print(line + len, sizeof(line) - len, " %u",
						 n->distance[node][to]);
		if (n->have_slit)
			put(w, "slit %u%s\n", node, line);
	}
}

static void put_cpu(struct writer *w, const struct cpu_info *c)
{
	put(w, "cpu %sla57 %spage1g %snx", c->la57 ? "" : "no-", c->page1g ? "" : "no-",
	    c->nx ? "" : "no-");
	if (c->phys_bits >= 32 && c->phys_bits <= MAX_PHYS_BITS)
		put(w, " phys%u", c->phys_bits);
	put(w, "\n");
}

static bool known_type(u64 type)
{
	return type <= MEMTYPE_WB && type != 2 && type != 3;
}

static void put_mtrr(struct writer *w, const struct mtrr_state *m)
{
	if (!m->present)
		return;
	if (!m->enabled || !known_type(m->default_type)) {
		put(w, "# MTRRs are %s\nmtrr default UC\n",
		    m->enabled ? "wrong: the default is reserved" : "off");
		return;
	}
	put(w, "mtrr default %s\n", memtype_name((enum memtype)m->default_type));
	if (m->fixed_enabled)
		put(w, "# fixed MTRRs are on, too, for the first MiB\n");
	for (u32 i = 0; i < m->nr_variable; i++) {
		u64 type = m->variable[i].base & 0xff, size;
		phys_addr_t base;

		if (mtrr_variable_range(m, i, &base, &size) && size >= PAGE_SIZE &&
		    known_type(type))
			put(w, "mtrr 0x%llx 0x%llx %s\n", base, base + size,
			    memtype_name((enum memtype)type));
		else if (m->variable[i].mask & 1ULL << 11)
			put(w, "# variable MTRR %u: base 0x%llx mask 0x%llx\n", i,
			    m->variable[i].base, m->variable[i].mask);
	}
}

int mapfile_write(const char *name, const struct memmap *map, const struct numa_info *numa,
		  const struct cpu_info *cpu, int (*fn)(void *ctx, const char *s, size_t n),
		  void *ctx)
{
	struct writer w = {.fn = fn, .ctx = ctx};
	char clean[64];
	u32 n = 0;

	for (; n + 1 < sizeof(clean) && name[n]; n++)
		clean[n] = name[n] < ' ' || name[n] > '~' ? '?' : name[n];
	clean[n] = '\0';
	put(&w, "# machine: %s\nkind efi\n", clean);
	if (cpu)
		put_cpu(&w, cpu);
	if (cpu)
		put_mtrr(&w, &cpu->mtrr);
	for (u32 i = 0; i < map->nr && !w.err; i++)
		put_desc(&w, &map->desc[i]);
	if (map->lost)
		put(&w, "# and %u descriptors that did not fit\n", map->lost);
	if (numa)
		put_numa(&w, numa);
	return w.err;
}

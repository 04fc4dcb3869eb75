/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parser of machine files. */
#include "mapfile.h"

#include "lib.h"

#define MAX_WORDS 80
#define MAX_LINE  1024

struct parser {
	struct mapfile *m;
	u32 line;
	char *err;
	size_t err_size;
	int argc;
	char *argv[MAX_WORDS];
};

static int wrong(struct parser *p, const char *what, const char *word)
{
	fmt_print(p->err, p->err_size, "line %u: %s%s%s", p->line, what, word ? ": " : "",
		  word ? word : "");
	return -EINVAL;
}

static int get_range(struct parser *p, int at, phys_addr_t *start, phys_addr_t *end)
{
	if (p->argc < at + 2)
		return wrong(p, "START and END are missing", NULL);
	if (parse_u64(p->argv[at], start))
		return wrong(p, "not an address", p->argv[at]);
	if (parse_u64(p->argv[at + 1], end))
		return wrong(p, "not an address", p->argv[at + 1]);
	return *start <= *end ? 0 : wrong(p, "END is below START", p->argv[at + 1]);
}

/* ---- EFI types and flags ---------------------------------------------------------------------------- */

static int efi_type(const char *word, u32 *ret)
{
	static const char *const names[NR_MEM_TYPES] = {
		"Reserved",     "LoaderCode",  "LoaderData",   "BootCode", "BootData",
		"RuntimeCode",  "RuntimeData", "Conventional", "Unusable", "AcpiReclaim",
		"AcpiNvs",      "Mmio",        "MmioPort",     "PalCode",  "Persistent",
		"Unaccepted",
	};
	u64 number;

	for (u32 i = 0; i < NR_MEM_TYPES; i++) {
		if (!strcmp(word, names[i])) {
			*ret = i;
			return 0;
		}
	}
	if (strncmp(word, "Type", 4) || parse_u64(word + 4, &number) || number >> 32)
		return -EINVAL;
	*ret = (u32)number;
	return 0;
}

static int one_flag(const char *word, size_t len, u64 *attr)
{
	static const struct {
		const char *name;
		u64 bit;
	} flags[] = {
		{"RUN", MEM_ATTR_RUNTIME}, {"SP", MEM_ATTR_SP}, {"NV", MEM_ATTR_NV},
		{"MR", MEM_ATTR_MORE_RELIABLE}, {"RO", MEM_ATTR_RO}, {"UCE", MEM_ATTR_UCE},
		{"XP", MEM_ATTR_XP}, {"RP", MEM_ATTR_RP}, {"WP", MEM_ATTR_WP},
		{"WB", MEM_ATTR_WB}, {"WT", MEM_ATTR_WT}, {"WC", MEM_ATTR_WC},
		{"UC", MEM_ATTR_UC}, {"CPUC", MEM_ATTR_CPU_CRYPTO}, {"CC", MEM_ATTR_CPU_CRYPTO},
		{"HP", MEM_ATTR_HOT_PLUGGABLE},
	};

	for (u32 i = 0; i < ARRAY_SIZE(flags); i++) {
		if (strlen(flags[i].name) == len && !strncmp(word, flags[i].name, len)) {
			*attr |= flags[i].bit;
			return 0;
		}
	}
	return -EINVAL;
}

static int efi_flags(const char *word, u64 *attr)
{
	*attr = 0;
	if (!strcmp(word, "-"))
		return 0;
	if (!strncmp(word, "attr=", 5))
		return parse_u64(word + 5, attr);
	while (*word) {
		size_t len = 0;

		while (word[len] && word[len] != ',')
			len++;
		if (one_flag(word, len, attr))
			return -EINVAL;
		word += len + (word[len] == ',');
	}
	return 0;
}

static int e820_type(const char *word)
{
	static const struct {
		const char *name;
		u8 type;
	} types[] = {
		{"usable", E820_USABLE}, {"reserved", E820_RESERVED}, {"acpi-data", E820_ACPI_DATA},
		{"acpi-nvs", E820_ACPI_NVS}, {"unusable", E820_UNUSABLE},
		{"type20", E820_RESERVED}, {"pmem", E820_PERSISTENT}, {"pram", E820_PERSISTENT},
		{"soft-reserved", E820_SOFT_RESERVED}, {"unaccepted", E820_UNACCEPTED},
	};

	for (u32 i = 0; i < ARRAY_SIZE(types); i++) {
		if (!strcmp(word, types[i].name))
			return types[i].type;
	}
	return strncmp(word, "other-", 6) ? -EINVAL : E820_RESERVED;
}

/* ---- records ---------------------------------------------------------------------------------------- */

static int record_e820(struct parser *p)
{
	phys_addr_t start, end;
	int type, err = get_range(p, 1, &start, &end);

	if (err)
		return err;
	type = p->argc > 3 ? e820_type(p->argv[3]) : -EINVAL;
	if (type < 0)
		return wrong(p, "unknown e820 type", p->argc > 3 ? p->argv[3] : "none given");
	if (e820_add(&p->m->e820, start, end, (enum e820_type)type))
		return wrong(p, "too many ranges", NULL);
	return 0;
}

static int record_mem(struct parser *p)
{
	phys_addr_t start, end;
	u64 attr = 0;
	u32 type;
	int err;

	if (p->m->is_e820)
		return record_e820(p);
	err = get_range(p, 1, &start, &end);
	if (err)
		return err;
	if (p->argc < 4 || efi_type(p->argv[3], &type))
		return wrong(p, "unknown memory type", p->argc > 3 ? p->argv[3] : "none given");
	if (p->argc > 4 && efi_flags(p->argv[4], &attr))
		return wrong(p, "unknown flag in", p->argv[4]);
	memmap_add(&p->m->memmap, start, (end - start) >> PAGE_SHIFT, type, attr);
	return 0;
}

static int get_node(struct parser *p, int at, int *ret)
{
	u64 nid;

	if (p->argc <= at || parse_u64(p->argv[at], &nid) || nid >= MAX_NUMNODES)
		return wrong(p, "not a node", p->argc > at ? p->argv[at] : "none given");
	*ret = (int)nid;
	p->m->numa.nr_nodes = max(p->m->numa.nr_nodes, (u32)nid + 1);
	p->m->numa.pxm_of_node[nid] = (u32)nid;
	return 0;
}

static int record_srat(struct parser *p)
{
	bool hotplug = false, non_volatile = false;
	phys_addr_t start = 0, end = 0;
	int nid, err = get_node(p, 1, &nid);

	if (!err)
		err = get_range(p, 2, &start, &end);
	for (int i = 4; !err && i < p->argc; i++) {
		if (!strcmp(p->argv[i], "hotplug"))
			hotplug = true;
		else if (!strcmp(p->argv[i], "non-volatile"))
			non_volatile = true;
		else
			err = wrong(p, "unknown word", p->argv[i]);
	}
	if (!err && start < end && numa_add_range(&p->m->numa, nid, start, end, hotplug, non_volatile))
		err = wrong(p, "too many ranges", NULL);
	return err;
}

static int record_slit(struct parser *p)
{
	int nid, err = get_node(p, 1, &nid);

	for (int i = 2; !err && i < p->argc; i++) {
		u64 distance;

		if (i - 2 >= MAX_NUMNODES || parse_u64(p->argv[i], &distance) || distance > 255)
			return wrong(p, "not a distance", p->argv[i]);
		p->m->numa.distance[nid][i - 2] = (u8)distance;
	}
	p->m->numa.have_slit = true;
	return err;
}

enum { CPU_LA57 = 1, CPU_PAGE1G = 2, CPU_NX = 4 };

static int record_cpu(struct parser *p)
{
	static const char *const words[] = {"la57", "page1g", "nx"};

	for (int i = 1; i < p->argc; i++) {
		const char *word = p->argv[i];
		bool off = !strncmp(word, "no-", 3);
		u64 bits;
		u32 w;

		if (!strncmp(word, "phys", 4) && !parse_u64(word + 4, &bits) && bits <= 52) {
			p->m->phys_bits = (u8)bits;
			continue;
		}
		for (w = 0; w < ARRAY_SIZE(words) && strcmp(word + (off ? 3 : 0), words[w]); w++)
			;
		if (w == ARRAY_SIZE(words))
			return wrong(p, "unknown CPU feature", word);
		*(off ? &p->m->cpu_clear : &p->m->cpu_set) |= 1u << w;
	}
	return 0;
}

static int record_kind(struct parser *p)
{
	if (p->argc != 2 || (strcmp(p->argv[1], "efi") && strcmp(p->argv[1], "e820")))
		return wrong(p, "kind is efi or e820", NULL);
	p->m->is_e820 = !strcmp(p->argv[1], "e820");
	return 0;
}

static int record_skipped(struct parser *p)
{
	(void)p;
	return 0;
}

static int run_record(struct parser *p)
{
	static const struct {
		const char *name;
		int (*fn)(struct parser *);
	} records[] = {
		{"kind", record_kind}, {"mem", record_mem}, {"e820", record_e820},
		{"srat", record_srat}, {"slit", record_slit}, {"cpu", record_cpu},
		{"note", record_skipped}, {"expect", record_skipped},
	};

	for (u32 i = 0; i < ARRAY_SIZE(records); i++) {
		if (!strcmp(p->argv[0], records[i].name))
			return records[i].fn(p);
	}
	return wrong(p, "unknown record", p->argv[0]);
}

/* ---- lines ------------------------------------------------------------------------------------------- */

static void take_name(struct mapfile *m, const char *comment)
{
	static const char key[] = "# machine: ";

	if (!strncmp(comment, key, sizeof(key) - 1))
		fmt_print(m->name, sizeof(m->name), "%s", comment + sizeof(key) - 1);
}

static int split_words(struct parser *p, char *line)
{
	p->argc = 0;
	while (*line) {
		while (*line == ' ' || *line == '\t' || *line == '\r')
			*line++ = '\0';
		if (!*line)
			break;
		if (p->argc == MAX_WORDS)
			return wrong(p, "too many words", NULL);
		p->argv[p->argc++] = line;
		while (*line && *line != ' ' && *line != '\t' && *line != '\r')
			line++;
	}
	return 0;
}

static bool is_free_text(const char *line)
{
	return !strncmp(line, "note ", 5) || !strncmp(line, "expect ", 7);
}

int mapfile_parse(const char *text, size_t len, struct mapfile *ret, char *err, size_t err_size)
{
	struct parser p = {.m = ret, .err = err, .err_size = err_size};
	const char *end = text + len;
	char line[MAX_LINE];

	memset(ret, 0, sizeof(*ret));
	numa_init(&ret->numa);
	while (text < end) {
		size_t n = 0;
		int bad;

		while (text + n < end && text[n] != '\n')
			n++;
		p.line++;
		memcpy(line, text, min(n, sizeof(line) - 1));
		line[min(n, sizeof(line) - 1)] = '\0';
		text += n + 1;
		if (line[0] == '#')
			take_name(ret, line);
		if (line[0] == '#' || is_free_text(line))
			continue;
		if (n >= sizeof(line))
			return wrong(&p, "the line is too long", NULL);
		bad = split_words(&p, line);
		if (!bad && p.argc)
			bad = run_record(&p);
		if (bad)
			return bad;
	}
	if (!ret->memmap.nr && !ret->e820.nr)
		return wrong(&p, "no memory is described", NULL);
	return 0;
}

void mapfile_apply_cpu(const struct mapfile *m, struct cpu_info *cpu)
{
	u32 set = m->cpu_set, clear = m->cpu_clear;

	cpu->la57 = (cpu->la57 || set & CPU_LA57) && !(clear & CPU_LA57);
	cpu->page1g = (cpu->page1g || set & CPU_PAGE1G) && !(clear & CPU_PAGE1G);
	cpu->nx = (cpu->nx || set & CPU_NX) && !(clear & CPU_NX);
	if (m->phys_bits)
		cpu->phys_bits = m->phys_bits;
}

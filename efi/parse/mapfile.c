/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parser of machine files. */
#include "parse/mapfile.h"

#include "lib.h"

#define MAX_WORDS 80
#define MAX_LINE  1024

struct parser {
	struct mapfile *m;
	u32 line, records; /* counted so far */
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

static int get_address(struct parser *p, int at, phys_addr_t *ret)
{
	const char *word = p->argv[at];

	if (word[0] != '0' || word[1] != 'x' || parse_hex(word, ret))
		return wrong(p, "not an address (0x and hexadecimal digits)", word);
	return 0;
}

static int get_range(struct parser *p, int at, phys_addr_t *start, phys_addr_t *end)
{
	if (p->argc < at + 2)
		return wrong(p, "START and END are missing", NULL);
	if (get_address(p, at, start) || get_address(p, at + 1, end))
		return -EINVAL;
	return *start <= *end ? 0 : wrong(p, "END is below START", p->argv[at + 1]);
}

/* ---- EFI types and flags ----------------------------------------------------------------- */

const char *const mapfile_types[NR_MEM_TYPES] = {
	"Reserved",    "LoaderCode",   "LoaderData", "BootCode",    "BootData", "RuntimeCode",
	"RuntimeData", "Conventional", "Unusable",   "AcpiReclaim", "AcpiNvs",	"Mmio",
	"MmioPort",    "PalCode",      "Persistent", "Unaccepted",
};

const struct mapfile_flag mapfile_flags[MAPFILE_NR_FLAGS] = {
	{"RUN", MEM_ATTR_RUNTIME},
	{"SP", MEM_ATTR_SP},
	{"NV", MEM_ATTR_NV},
	{"MR", MEM_ATTR_MORE_RELIABLE},
	{"RO", MEM_ATTR_RO},
	{"UCE", MEM_ATTR_UCE},
	{"XP", MEM_ATTR_XP},
	{"RP", MEM_ATTR_RP},
	{"WP", MEM_ATTR_WP},
	{"WB", MEM_ATTR_WB},
	{"WT", MEM_ATTR_WT},
	{"WC", MEM_ATTR_WC},
	{"UC", MEM_ATTR_UC},
	{"CPUC", MEM_ATTR_CPU_CRYPTO},
	{"HP", MEM_ATTR_HOT_PLUGGABLE},
	{"CC", MEM_ATTR_CPU_CRYPTO},
};

static int efi_type(const char *word, u32 *ret)
{
	u64 number;

	for (u32 i = 0; i < NR_MEM_TYPES; i++) {
		if (!strcmp(word, mapfile_types[i])) {
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
	for (u32 i = 0; i < MAPFILE_NR_FLAGS; i++) {
		const struct mapfile_flag *f = &mapfile_flags[i];

		if (strlen(f->name) == len && !strncmp(word, f->name, len)) {
			*attr |= f->bit;
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
		{"usable", E820_USABLE},
		{"reserved", E820_RESERVED},
		{"acpi-data", E820_ACPI_DATA},
		{"acpi-nvs", E820_ACPI_NVS},
		{"unusable", E820_UNUSABLE},
		{"type20", E820_RESERVED},
		{"pmem", E820_PERSISTENT},
		{"pram", E820_PERSISTENT},
		{"soft-reserved", E820_SOFT_RESERVED},
		{"unaccepted", E820_UNACCEPTED},
	};

	for (u32 i = 0; i < ARRAY_SIZE(types); i++) {
		if (!strcmp(word, types[i].name))
			return types[i].type;
	}
	return strncmp(word, "other-", 6) ? -EINVAL : E820_RESERVED;
}

/* ---- records ----------------------------------------------------------------------------- */

static int record_e820(struct parser *p)
{
	phys_addr_t start, end;
	int type, err = get_range(p, 1, &start, &end);

	if (err)
		return err;
	type = p->argc > 3 ? e820_type(p->argv[3]) : -EINVAL;
	if (type < 0)
		return wrong(p, "unknown e820 type", p->argc > 3 ? p->argv[3] : "none given");
	if (p->argc > 5 || (p->argc == 5 && strcmp(p->argv[4], "-")))
		return wrong(p, "an e820 range has no flags", p->argv[4]);
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
	if (!is_aligned(end - start, PAGE_SIZE))
		return wrong(p, "not a whole number of 4 KiB pages", p->argv[2]);
	if (p->argc < 4 || efi_type(p->argv[3], &type))
		return wrong(p, "unknown memory type", p->argc > 3 ? p->argv[3] : "none given");
	if (p->argc > 4 && efi_flags(p->argv[4], &attr))
		return wrong(p, "unknown flag in", p->argv[4]);
	if (p->argc > 5)
		return wrong(p, "unknown word", p->argv[5]);
	if (memmap_add(&p->m->memmap, start, (end - start) >> PAGE_SHIFT, type, attr))
		return wrong(p, "too many descriptors", NULL);
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
	if (!err && start < end &&
	    numa_add_range(&p->m->numa, nid, start, end, hotplug, non_volatile))
		err = wrong(p, "too many ranges", NULL);
	return err;
}

static int record_slit(struct parser *p)
{
	int nid, err = get_node(p, 1, &nid);

	if (!err && p->argc < 3)
		err = wrong(p, "distances are missing", NULL);
	for (int i = 2; !err && i < p->argc; i++) {
		u64 distance;

		if (i - 2 >= MAX_NUMNODES || parse_u64(p->argv[i], &distance) || distance > 255)
			return wrong(p, "not a distance", p->argv[i]);
		p->m->numa.distance[nid][i - 2] = (u8)distance;
	}
	if (!err)
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

		if (!strncmp(word, "phys", 4) && !parse_u64(word + 4, &bits) && bits >= 32 &&
		    bits <= MAX_PHYS_BITS) {
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

static int get_memtype(struct parser *p, int at, u8 *ret)
{
	static const u8 types[] = {MEMTYPE_UC, MEMTYPE_WC, MEMTYPE_WT, MEMTYPE_WP, MEMTYPE_WB};

	for (u32 i = 0; p->argc == at + 1 && i < ARRAY_SIZE(types); i++) {
		if (!strcmp(p->argv[at], memtype_name((enum memtype)types[i]))) {
			*ret = types[i];
			return 0;
		}
	}
	return wrong(p, "the memory type must be UC, WC, WT, WP or WB", NULL);
}

#define PHYSMASK_VALID (1ULL << 11) /* SDM vol. 3, 12.11.2.3 */

static int record_mtrr(struct parser *p)
{
	struct mtrr_state *m = &p->m->mtrr;
	phys_addr_t start, end;
	u8 type;

	m->present = m->enabled = true;
	if (p->argc > 1 && !strcmp(p->argv[1], "default"))
		return get_memtype(p, 2, &m->default_type);
	if (get_range(p, 1, &start, &end) || get_memtype(p, 3, &type))
		return -EINVAL;
	if (!is_pow2(end - start) || end - start < PAGE_SIZE || !is_aligned(start, end - start) ||
	    (end - 1) >> MAX_PHYS_BITS)
		return wrong(p, "not a power of two aligned to its size", p->argv[2]);
	if (m->nr_variable == MTRR_MAX_VARIABLE)
		return wrong(p, "too many MTRRs", NULL);
	m->variable[m->nr_variable].base = start | type;
	m->variable[m->nr_variable].mask =
		(((1ULL << MAX_PHYS_BITS) - 1) & ~(end - start - 1)) | PHYSMASK_VALID;
	m->nr_variable++;
	return 0;
}

static int record_kind(struct parser *p)
{
	if (p->argc != 2 || (strcmp(p->argv[1], "efi") && strcmp(p->argv[1], "e820")))
		return wrong(p, "kind is efi or e820", NULL);
	if (p->records)
		return wrong(p, "kind must be the first record", NULL);
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
		{"kind", record_kind}, {"mem", record_mem},	 {"e820", record_e820},
		{"srat", record_srat}, {"slit", record_slit},	 {"cpu", record_cpu},
		{"mtrr", record_mtrr}, {"note", record_skipped}, {"expect", record_skipped},
	};

	for (u32 i = 0; i < ARRAY_SIZE(records); i++) {
		if (!strcmp(p->argv[0], records[i].name)) {
			int err = records[i].fn(p);

			p->records++;
			return err;
		}
	}
	return wrong(p, "unknown record", p->argv[0]);
}

/* ---- lines ------------------------------------------------------------------------------- */

static void take_name(struct mapfile *m, const char *comment)
{
	static const char key[] = "# machine: ";

	if (strncmp(comment, key, sizeof(key) - 1))
		return;
	fmt_print(m->name, sizeof(m->name), "%s", comment + sizeof(key) - 1);
	for (char *c = m->name; *c; c++) {
		if (*c < ' ' || *c > '~')
			*c = *c == '\r' ? '\0' : '?';
	}
}

static int split_words(struct parser *p, char *line)
{
	p->argc = 0;
	for (;;) {
		while (is_blank(*line))
			*line++ = '\0';
		if (!*line || *line == '#')
			return 0;
		if (p->argc == MAX_WORDS)
			return wrong(p, "too many words", NULL);
		p->argv[p->argc++] = line;
		for (; *line && !is_blank(*line); line++) {
			if (*line < ' ' || *line > '~')
				return wrong(p, "not plain text", NULL);
		}
	}
}

static bool is_free_text(const char *line)
{
	return !strncmp(line, "note ", 5) || !strncmp(line, "expect ", 7);
}

/* Parses one line without its newline: `len` bytes, perhaps not closed with 0. */
static int parse_line(struct parser *p, const char *text, size_t len)
{
	char line[MAX_LINE];
	size_t n = min(len, sizeof(line) - 1);
	int err;

	memcpy(line, text, n);
	line[n] = '\0';
	p->line++;
	if (line[0] == '#')
		take_name(p->m, line);
	if (line[0] == '#' || is_free_text(line))
		return 0;
	if (n < len)
		return wrong(p, "the line is too long", NULL);
	if (strlen(line) < n)
		return wrong(p, "not plain text", NULL);
	err = split_words(p, line);
	return !err && p->argc ? run_record(p) : err;
}

int mapfile_parse(const char *text, size_t len, struct mapfile *ret, char *err, size_t err_size)
{
	struct parser p = {.m = ret, .err = err, .err_size = err_size};

	memset(ret, 0, sizeof(*ret));
	numa_init(&ret->numa);
	for (size_t at = 0, n; at < len; at += n + 1) {
		int bad;

		for (n = 0; at + n < len && text[at + n] != '\n'; n++)
			;
		bad = parse_line(&p, text + at, n);
		if (bad)
			return bad;
	}
	if (!ret->memmap.nr && !ret->e820.nr)
		return wrong(&p, "no memory is described", NULL);
	numa_judge_distances(&ret->numa);
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
	if (m->mtrr.present)
		cpu->mtrr = m->mtrr;
	cpu->mtrr.phys_bits = cpu->phys_bits;
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Saved page tables: written, read, written again; and every way in which a file can be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mm/pgtable/image.h"
#include "pt_fixture.h"

#define TEXT_SIZE    (4 * MiB)
#define NR_SLOTS     4096
#define PAGES_OFFSET 0x1234000ULL

static struct {
	char text[TEXT_SIZE];
	size_t len;
	u32 lines, stop_at; /* the write that fails; 0: none */
} saved, again;

static u64 slots[NR_SLOTS];
static struct pgtable loaded;
static struct pt_image_info info;
static char err[100];
static void *memory;

static int collect(void *ctx, const char *s, size_t n)
{
	__typeof__(saved) *out = ctx;

	if (++out->lines == out->stop_at)
		return -EIO;
	assert_true(out->len + n < TEXT_SIZE);
	memcpy(out->text + out->len, s, n);
	out->len += n;
	out->text[out->len] = '\0';
	return 0;
}

static int write_tree(const struct pgtable *tree, void *out, u32 max, u32 *ret_tables)
{
	struct pt_image_seen seen = {slots, max};

	((__typeof__(saved) *)out)->len = ((__typeof__(saved) *)out)->lines = 0;
	return pt_image_write(tree, &info, &seen, collect, out, ret_tables);
}

/* Pages of the copies: from malloc, so that the sanitizer sees what is too
 * much; the first `limit`. */
static u32 nr_pages, limit;

static int page_alloc(void *ctx, phys_addr_t *ret)
{
	void *page;

	(void)ctx;
	if (!limit)
		return -ENOMEM;
	limit--;
	page = malloc(PAGE_SIZE);
	assert_non_null(page);
	memset(page, 0xa5, PAGE_SIZE);
	nr_pages++;
	*ret = (u64)(uintptr_t)page - PAGES_OFFSET;
	return 0;
}

static void page_free(void *ctx, phys_addr_t pa)
{
	(void)ctx;
	nr_pages--;
	free((void *)(uintptr_t)(pa + PAGES_OFFSET));
}

static const struct pt_pages copies = {page_alloc, page_free, NULL};

static void unload(void)
{
	if (loaded.table)
		pt_image_unload(&loaded, &copies, PAGES_OFFSET);
	assert_int_equal(nr_pages, 0);
	assert_null(loaded.table);
}

static int load(const char *text, size_t len)
{
	u32 nr;
	int bad;

	unload();
	err[0] = '\0';
	bad = pt_image_check(text, len, &nr, err, sizeof(err));
	if (bad)
		return bad;
	free(memory);
	memory = malloc(pt_image_bytes(nr)); /* exact */
	assert_non_null(memory);
	memset(memory, 0xa5, pt_image_bytes(nr));
	limit = ~0u;
	return pt_image_load(text, len, memory, pt_image_bytes(nr), &copies, PAGES_OFFSET, &loaded,
			     &info, err, sizeof(err));
}

/* ---- equal trees ------------------------------------------------------------------------- */

struct walked {
	u64 hash, nr;
};

static int hash_entry(void *ctx, const struct pt_entry *e)
{
	u64 v[] = {e->va, e->val, e->phys, e->table, e->index, e->level, e->wrong, e->rights};
	struct walked *w = ctx;

	w->hash = hash64(v, sizeof(v), w->hash);
	w->nr++;
	return e->present ? PT_DESCEND : PT_SKIP;
}

static struct walked walk_all(const struct pgtable *tree)
{
	struct walked w = {HASH64_SEED, 0};

	assert_int_equal(pt_walk(tree, 0, pt_last(tree), hash_entry, &w), 0);
	return w;
}

static void round_trip(const struct pgtable *tree)
{
	struct walked before = walk_all(tree), after;
	u32 nr;

	assert_int_equal(write_tree(tree, &saved, NR_SLOTS, &nr), 0);
	if (load(saved.text, saved.len))
		fail_msg("%s", err);
	assert_int_equal(loaded.nr_tables, nr);
	after = walk_all(&loaded);
	assert_int_equal(after.nr, before.nr);
	assert_int_equal(after.hash, before.hash);
	assert_int_equal(write_tree(&loaded, &again, NR_SLOTS, NULL), 0);
	assert_string_equal(again.text, saved.text);
}

static void new_tree(u8 levels)
{
	make(levels, 2);
	pt.changed = NULL;
	pt.phys_bits = 46;
	pt.table = arena_table;
	info = (struct pt_image_info){0};
}

static void a_picture(void **state)
{
	static const char text[] = "tablewalk tables 1\n"
				   "format x86-64-4\n"
				   "levels 4\n"
				   "root 0x7700000000\n"
				   "phys-bits 46\n"
				   "nx 1\n"
				   "max-page 2\n"
				   "machine ACME Model?1\n"
				   "pat 0x7040600070406\n"
				   "mtrr default 6 1 0\n"
				   "mtrr variable 0x80000000 0xfff80000800\n"
				   "mtrr fixed 0-7 6\n"
				   "mtrr fixed 87 4\n"
				   "table 0x7700000000 3\n"
				   "0 0x7700001023\n"
				   "table 0x7700001000 2\n"
				   "0 0x7700002023\n"
				   "3 0x80000000c00000e3\n"
				   "table 0x7700002000 1\n"
				   "0 0x7700003023\n"
				   "1-511 0x80000000002000e3 +0x200000\n"
				   "table 0x7700003000 0\n"
				   "1 0x8000000000001063\n"
				   "2-4 0x7021\n"
				   "end 4 tables ";

	(void)state;
	new_tree(4);
	pt_map(&pt, PAGE_SIZE, PAGE_SIZE, PAGE_SIZE, PT_WRITE | PT_NOEXEC, 0);
	for (u64 i = 2; i < 5; i++)
		pt_map(&pt, i * PAGE_SIZE, 7 * PAGE_SIZE, PAGE_SIZE, 0, 0);
	pt_map(&pt, 2 * MiB, 2 * MiB, GiB - 2 * MiB, PT_WRITE | PT_NOEXEC, 1);
	pt_map(&pt, 3 * GiB, 3 * GiB, GiB, PT_WRITE | PT_NOEXEC, 2);
	strcpy(info.machine, "ACME Model\t1");
	info.have_pat = true;
	info.pat = 0x0007040600070406;
	info.mtrr.present = info.mtrr.enabled = true;
	info.mtrr.default_type = MEMTYPE_WB;
	info.mtrr.nr_variable = 1;
	info.mtrr.variable[0].base = 0x80000000;
	info.mtrr.variable[0].mask = 0xfff80000800;
	memset(info.mtrr.fixed, MEMTYPE_WB, 8);
	info.mtrr.fixed[87] = MEMTYPE_WT;
	assert_int_equal(write_tree(&pt, &saved, NR_SLOTS, NULL), 0);
	saved.text[sizeof(text) - 1] = 0;
	assert_string_equal(saved.text, text);
	round_trip(&pt);
	assert_string_equal(info.machine, "ACME Model?1");
	assert_true(info.have_pat && info.pat == 0x0007040600070406);
	assert_int_equal(info.mtrr.fixed[7], MEMTYPE_WB);
	assert_int_equal(info.mtrr.fixed[8], 0);
	assert_int_equal(info.mtrr.phys_bits, 46);
}

static void random_trees_come_back(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 30; seed++) {
		struct prng p;

		prng_seed(&p, seed);
		new_tree(seed & 1 ? 4 : 5);
		for (u32 i = 0; i < 10; i++) {
			u64 va = prng_below(&p, 1 << 16) * PAGE_SIZE;

			if (prng_below(&p, 2))
				va |= 0xffff800000000000ULL;
			pt_map(&pt, va, prng_below(&p, 1 << 20) * PAGE_SIZE,
			       (1 + prng_below(&p, 3000)) * PAGE_SIZE,
			       prng_next(&p) & (PT_WRITE | PT_USER | PT_NOEXEC | PT_PCD),
			       (unsigned)prng_below(&p, 3));
		}
		for (u32 i = 0; i < 40; i++) { /* anything in any entry, present or not */
			u64 table = prng_below(&p, arena.used);

			table_at(ARENA_PA + table * PAGE_SIZE)[prng_below(&p, 512)] =
				prng_below(&p, 2) ? prng_next(&p) & ~PTE_P
						  : prng_below(&p, 1 << 20) * 0x800 + 0x87;
		}
		round_trip(&pt);
	}
}

/* root[0] and root[1] -> P;  P[0] and P[1] -> D: each once in the file. */
static void shared_tables_are_written_once(void **state)
{
	phys_addr_t root, p;
	u32 nr;

	(void)state;
	new_tree(4);
	pt_map(&pt, 0, 0, 2 * MiB, PT_WRITE, 0);
	root = pt.root;
	p = table_at(root)[0] & PTE_ADDR_MASK;
	table_at(root)[1] = table_at(root)[0];
	table_at(p)[1] = table_at(p)[0];
	assert_int_equal(write_tree(&pt, &saved, NR_SLOTS, &nr), 0);
	assert_int_equal(nr, 4);
	round_trip(&pt);
}

/* A self-map, a table that is its own child, memory that cannot be read, reserved bits: the entries
 * are kept, nothing is followed. */
static void what_is_wrong_stays_wrong(void **state)
{
	struct pt_path path;
	u32 nr;

	(void)state;
	new_tree(5);
	pt_map(&pt, 0, 0, 2 * MiB, PT_WRITE, 0);
	table_at(pt.root)[510] = pt.root | PTE_P | PTE_RW;
	table_at(pt.root)[7] = 0x123000 | PTE_P;
	table_at(pt.root)[8] = table_at(pt.root)[0] | 1ULL << 50;
	round_trip(&pt);
	assert_int_equal(write_tree(&pt, &saved, NR_SLOTS, &nr), 0);
	assert_int_equal(nr, 5);
	assert_int_equal(pt_lookup(&loaded, 7ULL << 48, &path), PT_BAD_TABLE);
	assert_int_equal(pt_lookup(&loaded, 8ULL << 48, &path), PT_BAD_ENTRY);
}

/* Formats with entries of 4 bytes and with a top table of 4 entries. */
static void other_formats_come_back(void **state)
{
	static const struct {
		const char *name;
		u8 levels;
		u64 table, leaf; /* bits of an entry */
		u8 shift;	 /* of an address in one */
	} formats[] = {
		{"x86-32", 2, 0x27, 0x63, 0},	 {"pae", 3, 0x1, 0x63, 0},
		{"aarch64-3", 3, 0x3, 0x703, 0}, {"aarch64-4", 4, 0x3, 0x703, 0},
		{"sv39", 3, 0x1, 0xcf, 2},	 {"sv48", 4, 0x1, 0xcf, 2},
		{"sv57", 5, 0x1, 0xcf, 2},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(formats); i++) {
		const struct pt_format *f = pt_format_find(formats[i].name);
		static u64 tables[PT_MAX_LEVELS][512];
		struct pgtable tree = {.format = f, .levels = formats[i].levels, .root = 0x10000};

		assert_non_null(f);
		memset(tables, 0, sizeof(tables));
		for (u32 t = 0; t < tree.levels; t++) {
			bool leaf = t + 1 == tree.levels;
			u64 val = leaf ? 0x5000 : 0x10000 + (t + 1) * PAGE_SIZE;

			val = (val >> formats[i].shift) |
			      (leaf ? formats[i].leaf : formats[i].table);
			if (f->entry_size == 4)
				((u32 *)tables[t])[3] = (u32)val;
			else
				tables[t][3] = val;
		}
		tree.phys_offset = (u64)(uintptr_t)tables - 0x10000;
		info = (struct pt_image_info){0};
		round_trip(&tree);
		assert_int_equal(loaded.nr_tables, tree.levels);
	}
}

/* ---- limits ------------------------------------------------------------------------------ */

static void every_failed_write_is_told(void **state)
{
	(void)state;
	new_tree(4);
	pt_map(&pt, 0, 0, 4 * MiB, PT_WRITE, 0);
	assert_int_equal(write_tree(&pt, &saved, NR_SLOTS, NULL), 0);
	for (u32 k = saved.lines; k > 0; k--) {
		again.stop_at = k;
		assert_int_equal(write_tree(&pt, &again, NR_SLOTS, NULL), -EIO);
		assert_int_equal(again.lines, k); /* and no call after it */
	}
	again.stop_at = 0;
}

static void too_many_tables_are_told(void **state)
{
	u32 nr = 0;

	(void)state;
	new_tree(4);
	pt_map(&pt, 0, 0, 64 * MiB, PT_WRITE, 0); /* 3 + 32 tables */
	assert_int_equal(write_tree(&pt, &saved, 46, &nr), -ENOSPC);
	assert_int_equal(nr, 0);
	assert_int_equal(write_tree(&pt, &saved, 47, &nr), 0);
	assert_int_equal(nr, 35);
	pt.root = 0x5000;
	assert_int_equal(write_tree(&pt, &saved, NR_SLOTS, &nr), -EFAULT);
	assert_int_equal(saved.len, 0);
}

static int load_into(void *index, u64 size)
{
	struct pgtable untouched = {.root = 77};
	int bad = pt_image_load(saved.text, saved.len, index, size, &copies, PAGES_OFFSET,
				&untouched, &info, err, sizeof(err));

	assert_int_equal(untouched.root, 77);
	assert_int_equal(nr_pages, 0);
	return bad;
}

/* Too small an index, and no page for the first, the second ... table. */
static void too_little_memory_is_told(void **state)
{
	u64 index[100];
	u32 nr;

	(void)state;
	unload();
	new_tree(4);
	pt_map(&pt, 0, 0, 4 * MiB, PT_WRITE, 0);
	assert_int_equal(write_tree(&pt, &saved, NR_SLOTS, &nr), 0);
	assert_int_equal(load_into(index, pt_image_bytes(nr) - 1), -ENOMEM);
	assert_string_equal(err, "the index of 5 tables needs 128 bytes");
	for (u32 k = 0; k < nr; k++) {
		limit = k;
		assert_int_equal(load_into(index, sizeof(index)), -ENOMEM);
		assert_string_equal(err, "no memory for 5 tables");
	}
}

/* ---- wrong files ------------------------------------------------------------------------- */

#define HEAD                                                                                       \
	"tablewalk tables 1\nformat x86-64-4\nlevels 4\nroot 0x1000\nphys-bits 46\nnx 1\n"         \
	"max-page 2\n"
#define TABLE HEAD "table 0x1000 3\n"

/* With a last line that is right. */
static int load_with_end(const char *text)
{
	static char whole[4096];
	size_t len = strlen(text);
	u32 nr = 0;

	for (const char *at = text; (at = strstr(at, "table 0x")); at++)
		nr += at == text || at[-1] == '\n';
	memcpy(whole, text, len);
	len += (size_t)fmt_print(whole + len, sizeof(whole) - len, "end %u tables 0x%016llx\n", nr,
				 hash64(text, len, HASH64_SEED));
	return load(whole, len);
}

static void assert_refused(const char *text, const char *why)
{
	if (load_with_end(text) != -EINVAL)
		fail_msg("not refused: %s", why);
	assert_string_equal(err, why);
}

static void wrong_heads_are_refused(void **state)
{
	(void)state;
	assert_int_equal(load_with_end(TABLE "# fine\n"), 0);
	assert_refused("tablewalk tables 2\n", "line 1: a version that is not known here: "
					       "tablewalk tables 2");
	assert_refused("hello\n", "line 1: not a file of saved tables (tablewalk tables 1)");
	assert_refused("tablewalk tables 1\nformat x87\n", "line 2: unknown format: x87");
	assert_refused(
		"tablewalk tables 1\nformat x86-64-5\nlevels 4\nroot 0x0\nphys-bits 0\nnx 0\n"
		"max-page 2\ntable 0x0 3\n",
		"line 8: the levels are not those of the format: x86-64-5");
	assert_refused("tablewalk tables 1\ntable 0x0 3\n",
		       "line 2: this must come before the tables: format");
	assert_refused(HEAD, "line 8: the root's table is missing");
	assert_refused(HEAD "nx 1\n", "line 8: there twice: nx");
	assert_refused("tablewalk tables 1\nformat sv39\nlevels 3\nroot 0x1000\nphys-bits 1\n",
		       "line 5: addresses have more bits: 1");
	assert_refused(HEAD "colour 1\n", "line 8: unknown record: colour");
	assert_refused(HEAD "pat 1\n", "line 8: not a hexadecimal number of 64 bits (0x...): 1");
	assert_refused(HEAD "pat\n", "line 8: must have one value: pat");
	assert_refused(HEAD "machine a\nmachine b\n", "line 9: there twice: machine b");
	assert_refused(HEAD "mtrr fixed 0 6\n", "line 8: `mtrr default` must come first");
	assert_refused(HEAD "mtrr default 6 1 1\nmtrr fixed 3-88 6\n",
		       "line 9: the number is too large: 88");
	assert_refused(HEAD "\n", "line 8: an empty line, or a blank too many");
	assert_refused(HEAD "a  b\n", "line 8: an empty line, or a blank too many");
	assert_refused(HEAD "pat 0x1\r\n",
		       "line 8: not plain text (lines end with a single newline)");
}

static void wrong_tables_are_refused(void **state)
{
	(void)state;
	assert_refused(HEAD "0 0x1\n", "line 8: unknown record: 0");
	assert_refused(HEAD "table 0x1000 4\n", "line 8: the number is too large: 4");
	assert_refused(HEAD "table 0x1008 3\n",
		       "line 8: a table cannot be at this address: 0x1008");
	assert_refused(HEAD "table 0x10000000000000 3\n",
		       "line 8: the address is beyond the format's physical addresses: "
		       "0x10000000000000");
	assert_refused(HEAD "table 0x10000000000000000 3\n",
		       "line 8: not a hexadecimal number of 64 bits (0x...): 0x10000000000000000");
	assert_refused(HEAD "table 0x1000 2\n", "line 9: the root's table is missing");
	assert_refused(TABLE "table 0x2000 2\ntable 0x1000 1\n",
		       "line 10: a table that is there twice");
	assert_refused(TABLE "512 0x1\n", "line 9: the number is too large: 512");
	assert_refused(TABLE "0x2 0x1\n", "line 9: not a decimal number: 0x2");
	assert_refused(TABLE "5-5 0x1\n", "line 9: the run ends before its second entry: 5");
	assert_refused(TABLE "5 0x1\n5 0x1\n",
		       "line 10: an entry that is there twice, or out of order: 5");
	assert_refused(TABLE "5-7 0x1\n7 0x1\n",
		       "line 10: an entry that is there twice, or out of order: 7");
	assert_refused(TABLE "5 0x0\n", "line 9: the value is 0 or too large for an entry: 0x0");
	assert_refused(TABLE "5 0x1 +0x1\n", "line 9: a step for one entry: +0x1");
	assert_refused(TABLE "5-6 0x1 0x1\n", "line 9: not a step (+0x...): 0x1");
	assert_refused(TABLE "5-6 0x1 +0x0\n",
		       "line 9: the step is 0 or makes too large an entry: +0x0");
	assert_refused(TABLE "0-511 0x1 +0x100000000000000\n",
		       "line 9: the step is 0 or makes too large an entry: +0x100000000000000");
	assert_refused(TABLE "5\n", "line 9: must be `INDEX VALUE` or `INDEX-LAST VALUE [+STEP]`");
	assert_refused(TABLE "nx 1\n", "line 9: not a decimal number: nx");
}

static void wrong_ends_are_refused(void **state)
{
	static char text[4096];
	char *end;

	(void)state;
	assert_int_equal(load(TABLE, strlen(TABLE)), -EINVAL);
	assert_string_equal(err, "line 8: the end is missing");
	assert_int_equal(load("", 0), -EINVAL);
	assert_string_equal(err, "line 0: the end is missing");
	assert_int_equal(load(TABLE "5", strlen(TABLE "5")), -EINVAL);
	assert_string_equal(err, "line 9: the text breaks off");
	fmt_print(text, sizeof(text), "%send 2 tables 0x0\n", TABLE);
	assert_int_equal(load(text, strlen(text)), -EINVAL);
	assert_string_equal(err, "line 9: not the number of tables in the text: 2");
	fmt_print(text, sizeof(text), "%send 1 tables 0x0\n", TABLE);
	assert_int_equal(load(text, strlen(text)), -EINVAL);
	assert_string_equal(err, "line 9: wrong checksum: the text was changed: 0x0");
	new_tree(4);
	assert_int_equal(write_tree(&pt, &saved, NR_SLOTS, NULL), 0);
	end = saved.text + saved.len;
	strcpy(end, "#\n");
	assert_int_equal(load(saved.text, saved.len + 2), -EINVAL);
	assert_string_equal(err, "line 10: something after the end");
}

/* One byte changed, or the text cut anywhere: refused. */
static void every_changed_byte_is_seen(void **state)
{
	(void)state;
	new_tree(4);
	pt_map(&pt, 0, 0, 20 * PAGE_SIZE, PT_WRITE, 0);
	assert_int_equal(write_tree(&pt, &saved, NR_SLOTS, NULL), 0);
	for (size_t i = 0; i < saved.len; i++) {
		char was = saved.text[i];

		assert_int_equal(load(saved.text, i), -EINVAL);
		saved.text[i] ^= 1;
		assert_int_equal(load(saved.text, saved.len), -EINVAL);
		assert_true(err[0]);
		saved.text[i] = was;
	}
	assert_int_equal(load(saved.text, saved.len), 0);
}

static int tear_down(void **state)
{
	unload();
	free(memory);
	return arena_tear_down(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_picture),
		cmocka_unit_test(random_trees_come_back),
		cmocka_unit_test(shared_tables_are_written_once),
		cmocka_unit_test(what_is_wrong_stays_wrong),
		cmocka_unit_test(other_formats_come_back),
		cmocka_unit_test(every_failed_write_is_told),
		cmocka_unit_test(too_many_tables_are_told),
		cmocka_unit_test(too_little_memory_is_told),
		cmocka_unit_test(wrong_heads_are_refused),
		cmocka_unit_test(wrong_tables_are_refused),
		cmocka_unit_test(wrong_ends_are_refused),
		cmocka_unit_test(every_changed_byte_is_seen),
	};

	return cmocka_run_group_tests(tests, arena_set_up, tear_down);
}

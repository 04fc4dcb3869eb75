/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Saved page tables: written, read, written again. */
#include "pt_image_fixture.h"

static struct saved_text again;

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
	};

	return cmocka_run_group_tests(tests, arena_set_up, tear_down);
}

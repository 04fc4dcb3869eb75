/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The access model: cases worked out from the manual, and what must hold of all. */
#include "pt_fixture.h"

#include "mm/pgtable/access.h"

static const struct access_cpu plain = {
	.levels = 4, .phys_bits = 40, .page1g = true, .wp = true, .nxe = true};

#define P  PTE_P
#define W  PTE_RW
#define U  PTE_US
#define NX PTE_NX

/* One case: entries from the top, the access, what it must meet. */
struct row {
	u64 entry[5];
	const char *set; /* control bits that differ from `plain` */
	u8 kind;
	bool user;
	u8 vector;
	u32 error;
	u8 why, level;
};

static struct access_cpu cpu_with(const char *set)
{
	struct access_cpu c = plain;

	if (!set)
		return c;
	c.wp = !strstr(set, "wp0");
	c.nxe = !strstr(set, "nxe0");
	c.smep = strstr(set, "smep");
	c.smap = strstr(set, "smap");
	c.ac = strstr(set, "ac1");
	c.pke = strstr(set, "pke");
	c.pks = strstr(set, "pks");
	c.cet_ss = strstr(set, "cet");
	c.page1g = !strstr(set, "no1g");
	c.pkru = strstr(set, "ad3") ? 1 << 6 : strstr(set, "wd3") ? 2 << 6 : 0;
	c.pkrs = c.pkru;
	return c;
}

#define KEY3 (3ULL << 59)

static const struct row rows[] = {
	/* all open */
	{{P | W, P | W, P | W, P | W}, NULL, ACCESS_WRITE, false, 0, 0, ACCESS_OK, 0},
	{{P | W | U, P | W | U, P | W | U, P | W | U}, NULL, ACCESS_EXEC, true, 0, 0, ACCESS_OK, 0},
	/* 4.7: not present: only W and U and I say what was tried */
	{{P | W, P | W, 0, 0}, NULL, ACCESS_READ, false, 14, 0, ACCESS_NOT_PRESENT, 1},
	{{P | W, 0}, NULL, ACCESS_WRITE, true, 14, PF_W | PF_U, ACCESS_NOT_PRESENT, 2},
	{{0}, NULL, ACCESS_EXEC, false, 14, PF_I, ACCESS_NOT_PRESENT, 3},
	{{0}, "nxe0", ACCESS_EXEC, false, 14, 0, ACCESS_NOT_PRESENT, 3},
	{{0}, "nxe0 smep", ACCESS_EXEC, false, 14, PF_I, ACCESS_NOT_PRESENT, 3},
	/* 4.6.1: R/W at any level */
	{{P | W, P, P | W, P | W}, NULL, ACCESS_WRITE, false, 14, PF_P | PF_W, ACCESS_NO_WRITE, 2},
	{{P | W, P, P | W, P | W}, "wp0", ACCESS_WRITE, false, 0, 0, ACCESS_OK, 0},
	{{P | W | U, P | U, P | W | U, P | W | U},
	 "wp0",
	 ACCESS_WRITE,
	 true,
	 14,
	 PF_P | PF_W | PF_U,
	 ACCESS_NO_WRITE,
	 2},
	/* U/S at any level */
	{{P | U, P | U, P, P | U}, NULL, ACCESS_READ, true, 14, PF_P | PF_U, ACCESS_NO_USER, 1},
	/* XD at any level; reserved without NXE */
	{{P | NX, P, P, P}, NULL, ACCESS_EXEC, false, 14, PF_P | PF_I, ACCESS_NO_EXEC, 3},
	{{P | NX, P, P, P}, "nxe0", ACCESS_READ, false, 14, PF_P | PF_RSVD, ACCESS_RESERVED, 3},
	/* SMEP and SMAP: user pages, all levels with U/S */
	{{P | U, P | U, P | U, P | U}, "smep", ACCESS_EXEC, false, 14, PF_P | PF_I, ACCESS_SMEP, 0},
	{{P | U, P | U, P, P | U}, "smep", ACCESS_EXEC, false, 0, 0, ACCESS_OK, 0},
	{{P | U, P | U, P | U, P | U}, "smap", ACCESS_READ, false, 14, PF_P, ACCESS_SMAP, 0},
	{{P | U, P | U, P | U, P | U}, "smap ac1", ACCESS_READ, false, 0, 0, ACCESS_OK, 0},
	{{P | U, P | U, P | U, P | U}, "smap", ACCESS_READ, true, 0, 0, ACCESS_OK, 0},
	/* 4.6.2: keys; a write that WD forbids is the supervisor's business under WP only */
	{{P | W | U, P | W | U, P | W | U, P | W | U | KEY3},
	 "pke ad3",
	 ACCESS_READ,
	 false,
	 14,
	 PF_P | PF_PK,
	 ACCESS_PKEY,
	 0},
	{{P | W | U, P | W | U, P | W | U, P | W | U | KEY3},
	 "pke ad3",
	 ACCESS_EXEC,
	 true,
	 0,
	 0,
	 ACCESS_OK,
	 0},
	{{P | W | U, P | W | U, P | W | U, P | W | U | KEY3},
	 "pke wd3",
	 ACCESS_WRITE,
	 true,
	 14,
	 PF_P | PF_W | PF_U | PF_PK,
	 ACCESS_PKEY,
	 0},
	{{P | W | U, P | W | U, P | W | U, P | W | U | KEY3},
	 "pke wd3 wp0",
	 ACCESS_WRITE,
	 false,
	 0,
	 0,
	 ACCESS_OK,
	 0},
	{{P | W, P | W, P | W, P | W | KEY3}, "pke ad3", ACCESS_READ, false, 0, 0, ACCESS_OK, 0},
	{{P | W, P | W, P | W, P | W | KEY3},
	 "pks ad3",
	 ACCESS_READ,
	 false,
	 14,
	 PF_P | PF_PK,
	 ACCESS_PKEY,
	 0},
	/* reserved bits, seen before what is below */
	{{P | PTE_PS, 0}, NULL, ACCESS_READ, false, 14, PF_P | PF_RSVD, ACCESS_RESERVED, 3},
	{{P, P | PTE_PS | 1ULL << 13},
	 NULL,
	 ACCESS_READ,
	 false,
	 14,
	 PF_P | PF_RSVD,
	 ACCESS_RESERVED,
	 2},
	{{P, P | PTE_PS}, "no1g", ACCESS_READ, false, 14, PF_P | PF_RSVD, ACCESS_RESERVED, 2},
	{{P, P, P | PTE_PS | 1ULL << 45},
	 NULL,
	 ACCESS_READ,
	 true,
	 14,
	 PF_P | PF_RSVD | PF_U,
	 ACCESS_RESERVED,
	 1},
	/* large pages end the walk */
	{{P | W, P | W | PTE_PS, 0}, NULL, ACCESS_WRITE, false, 0, 0, ACCESS_OK, 2},
	/* shadow stacks: R/W 0 and dirty in the page's entry, R/W 1 above */
	{{P | W, P | W, P | W, P | PTE_D}, "cet", ACCESS_SS_WRITE, false, 0, 0, ACCESS_OK, 0},
	{{P | W, P | W, P | W, P | W | PTE_D},
	 "cet",
	 ACCESS_SS_WRITE,
	 false,
	 14,
	 PF_P | PF_W | PF_SS,
	 ACCESS_NOT_SS,
	 0},
	{{P, P | W, P | W, P | PTE_D},
	 "cet",
	 ACCESS_SS_READ,
	 false,
	 14,
	 PF_P | PF_SS,
	 ACCESS_NOT_SS,
	 0},
	{{P | W, P | W, P | W, P | PTE_D},
	 "cet",
	 ACCESS_WRITE,
	 false,
	 14,
	 PF_P | PF_W,
	 ACCESS_NO_WRITE,
	 0},
};

static void the_manuals_cases(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct access_cpu cpu = cpu_with(row->set);
		struct access_result r;

		access_check(row->entry, 4, 0x1000, &cpu, (enum access_kind)row->kind, row->user,
			     &r);
		if (r.vector != row->vector || r.error != row->error || r.why != row->why ||
		    r.level != row->level || r.faults != !!row->vector)
			fail_msg("row %u: vector %u error %#x why %u level %u", i, r.vector,
				 r.error, r.why, r.level);
	}
}

static void addresses_that_are_not_canonical(void **state)
{
	u64 entry[5] = {P | W, P | W, P | W, P | W, P | W};
	struct access_cpu five = plain;
	struct access_result r;

	(void)state;
	five.levels = 5;
	access_check(entry, 4, 0x800000000000, &plain, ACCESS_READ, false, &r);
	assert_int_equal(r.vector, 13);
	access_check(entry, 5, 0x800000000000, &five, ACCESS_READ, false, &r);
	assert_false(r.faults);
	access_check(entry, 5, 0x0100000000000000, &five, ACCESS_READ, false, &r);
	assert_int_equal(r.vector, 13);
}

static void what_goes_through_says_where(void **state)
{
	struct access_result r;

	(void)state;
	make(4, 2);
	assert_int_equal(pt_map(&pt, 0x40000000, 0x80000000, 0x40000000, PT_WRITE, 2), 0);
	access_check_va(&pt, 0x41234567, &plain, ACCESS_WRITE, false, &r);
	assert_false(r.faults);
	assert_int_equal(r.phys, 0x81234567);
	assert_true(r.sets_dirty);
	access_check_va(&pt, 0x41234567, &plain, ACCESS_READ, false, &r);
	assert_false(r.sets_dirty);
	pt.table = arena_table;
	table_at(pt.root)[7] = 0xdead000000 | PTE_P;
	access_check_va(&pt, 7ULL << 39, &plain, ACCESS_READ, false, &r);
	assert_true(r.faults && r.why == ACCESS_UNREADABLE);
}

/* Taking a right away, or setting a control bit that protects, makes no fault go away. */
static void more_protection_never_helps(void **state)
{
	struct prng p;

	(void)state;
	prng_seed(&p, 20);
	for (u32 n = 0; n < 200000; n++) {
		u64 entry[5], less[5], dice = prng_next(&p);
		struct access_cpu cpu = {.levels = 4 + (dice & 1), .phys_bits = 46, .page1g = true};
		struct access_cpu strict;
		enum access_kind kind = (enum access_kind)(dice >> 8) % 3;
		struct access_result before, after;
		bool user = dice >> 16 & 1;

		for (u32 i = 0; i < 5; i++)
			entry[i] = P | (prng_next(&p) & (W | U));
		cpu.nxe = cpu.wp = dice >> 17 & 1;
		memcpy(less, entry, sizeof(less));
		strict = cpu;
		switch (dice >> 20 & 7) {
		case 0:
			less[dice >> 24 & 3] &= ~W;
			break;
		case 1:
			if (user)
				less[dice >> 24 & 3] &= ~U;
			break;
		case 2:
			less[dice >> 24 & 3] &= ~P;
			break;
		case 3:
			less[dice >> 24 & 3] |= NX;
			break;
		case 4:
			strict.wp = true;
			break;
		case 5:
			strict.smep = true;
			break;
		case 6:
			strict.smap = true;
			break;
		default:
			strict.pke = strict.pks = true;
			strict.pkru = strict.pkrs = (u32)(dice >> 32);
		}
		access_check(entry, cpu.levels, 0x1000, &cpu, kind, user, &before);
		access_check(less, cpu.levels, 0x1000, &strict, kind, user, &after);
		assert_true(!before.faults || after.faults);
	}
}

/* A sentence for each reason, which names the level and the manual. */
static void every_reason_has_words(void **state)
{
	char text[200];

	(void)state;
	for (u8 why = 0; why < ACCESS_NR_WHY; why++) {
		struct access_result r = {.why = why, .level = 1};
		int n = access_why_text(text, sizeof(text), &plain, &r);

		assert_in_range(n, 20, sizeof(text) - 1);
		if (why != ACCESS_UNREADABLE)
			assert_non_null(strstr(text, "SDM vol."));
		if (why != ACCESS_NOT_CANONICAL)
			assert_non_null(strstr(text, "PDE"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_manuals_cases),
		cmocka_unit_test(addresses_that_are_not_canonical),
		cmocka_unit_test(what_goes_through_says_where),
		cmocka_unit_test(more_protection_never_helps),
		cmocka_unit_test(every_reason_has_words),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}

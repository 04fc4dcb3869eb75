/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Bugs planted in users of SLUB: each must be found, and named with object, byte and callers. */
#include "slab_debug_fixture.h"
#include "sanitize.h"

/* ---- written where nobody may ------------------------------------------------------------ */

static void one_byte_behind_the_end(void **state)
{
	static const u32 sizes[] = {1, 8, 40, 41, 47, 64, 1000, 9000};
	struct mem_system *sys = sim_new("128M");
	u64 nr = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "over", sizes[i], 0, ALL, NULL);
		const struct slab_report *r;
		u8 *first = allocator(sys, c), *p = allocator(sys, c);

		for (s32 at = (s32)sizes[i]; at < (s32)c->red_end; at++) {
			p[at] = 1;
			freer(sys, c, p);
			r = expect_report(sys, &nr, SLAB_OVERRUN, "over", p);
			expect_byte(r, at, RED_LIVE, 1);
			assert_true(r->index < c->objects);
			assert_true(IS_IN(r->alloc.caller, allocator) && IS_IN(r->caller, freer));
			assert_int_equal(r->alloc.size, sizes[i]);
			assert_ptr_equal(allocator(sys, c), p); /* mended */
			assert_int_equal(sys->slab.errors.nr, nr);
			assert_sound(sys);
		}
		freer(sys, c, p);
		freer(sys, c, first);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
	}
	assert_int_equal(slab_bad_writes(sys), nr);
	assert_int_equal(slab_bad_frees(sys), 0);
	sim_free(sys);
}

static void one_byte_before_the_beginning(void **state)
{
	static const u32 aligns[] = {0, 16, 64, 4096};
	struct mem_system *sys = sim_new("128M");
	u64 nr = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(aligns); i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "under", 24, aligns[i], ALL, NULL);
		const struct slab_report *r;
		u8 *p = allocator(sys, c);

		for (s32 at = -1; at >= -(s32)c->red_left; at = at * 2) {
			p[at] = 0;
			freer(sys, c, p);
			r = expect_report(sys, &nr, SLAB_UNDERRUN, "under", p);
			expect_byte(r, at, RED_LIVE, 0);
			assert_true(IS_IN(r->alloc.caller, allocator) && IS_IN(r->caller, freer));
			assert_ptr_equal(allocator(sys, c), p);
		}
		freer(sys, c, p);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
	}
	assert_int_equal(slab_bad_writes(sys), nr);
	sim_free(sys);
}

/* Expect the size that kmalloc() was asked for to count, not that of its class. */
static void behind_what_kmalloc_was_asked_for(void **state)
{
	struct mem_system *sys = sim_new("128M slub_debug=FZPU");
	const struct slab_report *r;
	u64 nr = 0;

	(void)state;
	for (u32 size = 1; size <= KMALLOC_MAX_CACHE_SIZE; size += 1 + size / 3) {
		u8 *p = mallocator(sys, size);

		assert_int_equal(ksize(sys, p), size);
		memset(p, 0, size);
		p[size] = 7;
		second_freer(sys, p);
		assert_int_equal(sys->slab.errors.nr, ++nr);
		r = last_report(sys);
		assert_int_equal(r->error, SLAB_OVERRUN);
		assert_ptr_equal((void *)(uintptr_t)r->object, p);
		assert_memory_equal(r->cache, "kmalloc-", 8);
		expect_byte(r, (s32)size, RED_LIVE, 7);
		assert_true(IS_IN(r->alloc.caller, mallocator));
		assert_true(IS_IN(r->caller, second_freer));
		assert_int_equal(r->alloc.size, size);
	}
	assert_sound(sys);
	sim_free(sys);
}

/* Expect the record of who had it, when it is overrun itself, to lead nobody astray. */
static void so_far_behind_that_the_record_is_gone(void **state)
{
	static const u32 flags[] = {ALL, SLAB_STORE_USER, SLAB_RED_ZONE | SLAB_STORE_USER};
	struct mem_system *sys = sim_new("128M slub_debug=FZPU");

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(flags); i++) {
		struct kmem_cache *c;
		u64 bad = slab_bad_writes(sys);
		u8 *p, *next;

		sys->given.slab_options.debug = 0;
		c = kmem_cache_create(sys, "far", 40, 0, flags[i], NULL);
		p = allocator(sys, c);
		next = allocator(sys, c);
		memset(next, 0x33, 40);
		memset(p + 40, 0xfe, c->track - 40 + 2 * sizeof(struct slab_track));
		assert_true(ksize(sys, p) <= 40);
		freer(sys, c, p);
		assert_int_equal(slab_bad_writes(sys), bad + 1);
		for (u32 k = 0; k < 40; k++)
			assert_int_equal(next[k], 0x33);
		freer(sys, c, next);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
		assert_sound(sys);
	}
	sim_free(sys);
}

/* Only the record is written to: what is found is a byte of it. */
static void the_record_alone_is_overrun(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *c = kmem_cache_create(sys, "record", 40, 0, ALL, NULL);
	u8 *p = allocator(sys, c);
	struct slab_track *track = (void *)(p + c->track);
	const struct slab_report *r;
	u64 nr = 0;

	(void)state;
	track->size = 0x41414141;
	freer(sys, c, p);
	r = expect_report(sys, &nr, SLAB_OVERRUN, "record", p);
	assert_int_equal(r->at, (s32)c->track + (s32)offsetof(struct slab_track, size));
	assert_int_equal(r->found, 0x41);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	assert_sound(sys);
	sim_free(sys);
}

static void written_to_after_free(void **state)
{
	static const s32 places[] = {0, 3, 39, 40, 47, -1, -8};
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *c = kmem_cache_create(sys, "late", 40, 0, ALL, NULL);
	u64 nr = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(places); i++) {
		s32 at = places[i];
		bool inside = at >= 0 && at < 40;
		const struct slab_report *r;
		u8 *p = allocator(sys, c);

		freer(sys, c, p);
		p[at] = 0x12;
		assert_ptr_equal(kmem_cache_alloc(sys, c, GFP_KERNEL), p);
		r = expect_report(sys, &nr,
				  inside   ? SLAB_USE_AFTER_FREE
				  : at < 0 ? SLAB_UNDERRUN
					   : SLAB_OVERRUN,
				  "late", p);
		expect_byte(r, at, !inside ? RED_FREE : at == 39 ? POISON_LAST : POISON, 0x12);
		assert_true(IS_IN(r->alloc.caller, allocator) && IS_IN(r->free.caller, freer));
		assert_true(r->caller && !IS_IN(r->caller, allocator));
		assert_true(r->free.when >= r->alloc.when);
		freer(sys, c, p);
	}
	assert_int_equal(slab_bad_writes(sys), nr);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	sim_free(sys);
}

/* ---- quarantine -------------------------------------------------------------------------- */

static enum slab_use use_of(const struct mem_system *sys, const void *p)
{
	struct slab_object o;

	assert_true(slab_object_of(sys, virt_to_phys(sys, p), &o));
	return o.use;
}

/* Expect who came first to leave first, and as many to wait as were asked for. */
static void the_quarantine_is_a_queue(void **state)
{
	struct mem_system *sys = sim_new("128M quarantine=3");
	struct kmem_cache *c = kmem_cache_create(sys, "q", 40, 0, ALL, NULL);
	u64 before = all_pages(sys);
	void *p[8];

	(void)state;
	assert_int_equal(c->quarantine.size, 3);
	for (u32 i = 0; i < 8; i++)
		p[i] = allocator(sys, c);
	for (u32 i = 0; i < 8; i++) {
		freer(sys, c, p[i]);
		assert_int_equal(kmem_cache_live(sys, c), 7 - i);
		for (u32 k = 0; k <= i; k++)
			assert_int_equal(use_of(sys, p[k]),
					 k + 3 <= i ? SLAB_FREE : SLAB_QUARANTINED);
		freer(sys, c, p[i]); /* twice, in quarantine */
		freer(sys, c, p[i > 3 ? i - 3 : 0]);
		assert_int_equal(sys->slab.errors.count[SLAB_FREE_TWICE], 2 * i + 2);
		assert_sound(sys);
	}
	kmem_cache_shrink(sys, c);
	assert_int_equal(kmem_cache_node_slabs(c, NUMA_NO_NODE), 0);
	assert_int_equal(all_pages(sys), before);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	sim_free(sys);
}

/* Expect a write while it waits to be found when it leaves: by its turn, by shrink, by destroy. */
static void written_to_in_quarantine(void **state)
{
	struct mem_system *sys = sim_new("128M quarantine=2");
	u64 nr = 0;

	(void)state;
	for (u32 way = 0; way < 3; way++) {
		struct kmem_cache *c = kmem_cache_create(sys, "q", 40, 0, ALL, NULL);
		u8 *p = allocator(sys, c), *q = allocator(sys, c), *r = allocator(sys, c);
		const struct slab_report *report;
		const struct kmem_cache *where;

		freer(sys, c, p);
		p[5] = 0;
		freer(sys, c, q);
		assert_int_equal(sys->slab.errors.nr, nr);
		assert_string_equal(slab_check(sys, &where), "a free object was written to");
		if (way == 0)
			freer(sys, c, r);
		else if (way == 1)
			kmem_cache_shrink(sys, c);
		if (way != 2) {
			report = expect_report(sys, &nr, SLAB_USE_AFTER_FREE, "q", p);
			expect_byte(report, 5, POISON, 0);
			assert_true(IS_IN(report->alloc.caller, allocator));
			assert_true(IS_IN(report->free.caller, freer));
		}
		if (way != 0)
			freer(sys, c, r);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
		nr += way == 2;
		assert_int_equal(sys->slab.errors.nr, nr);
		assert_int_equal(last_report(sys)->error, SLAB_USE_AFTER_FREE);
		assert_sound(sys);
	}
	sim_free(sys);
}

/* ---- freed as it may not be -------------------------------------------------------------- */

static void freed_twice(void **state)
{
	static const u32 flags[] = {ALL, SLAB_STORE_USER, SLAB_CONSISTENCY_CHECKS, 0};
	struct mem_system *sys = sim_new("128M");
	u64 nr = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(flags); i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "twice", 40, 0, flags[i], NULL);
		const struct slab_report *r;
		bool user = flags[i] & SLAB_STORE_USER;
		void *keep = allocator(sys, c), *p = allocator(sys, c);

		freer(sys, c, p);
		second_freer(sys, p);
		r = expect_report(sys, &nr, SLAB_FREE_TWICE, "twice", p);
		assert_true(IS_IN(r->caller, second_freer));
		assert_int_equal(IS_IN(r->alloc.caller, allocator), user);
		assert_int_equal(IS_IN(r->free.caller, freer), user);
		assert_int_equal(r->at, 0);
		freer(sys, c, keep);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
	}
	assert_int_equal(slab_bad_frees(sys), nr);
	sim_free(sys);
}

static void freed_in_the_middle_or_elsewhere(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *c = kmem_cache_create(sys, "mine", 40, 0, ALL, NULL);
	struct kmem_cache *other = kmem_cache_create(sys, "other", 40, 0, ALL, NULL);
	u8 *p = allocator(sys, c);
	void *page = get_free_page(sys, GFP_KERNEL);
	const struct slab_report *r;
	u64 nr = 0;

	(void)state;
	for (s32 at = -(s32)c->red_left; at < (s32)(c->size - c->red_left); at += 4) {
		if (!at)
			continue;
		freer(sys, c, p + at);
		r = expect_report(sys, &nr, SLAB_FREE_INSIDE, "mine", p + at);
		assert_int_equal(r->at, at);
		assert_true(IS_IN(r->alloc.caller, allocator) && IS_IN(r->caller, freer));
	}
	freer(sys, other, p);
	r = expect_report(sys, &nr, SLAB_FREE_WRONG_CACHE, "other", p);
	assert_true(IS_IN(r->alloc.caller, allocator)); /* who has it all the same */
	freer(sys, c, page);
	expect_report(sys, &nr, SLAB_FREE_NO_OBJECT, "mine", page);
	second_freer(sys, page);
	r = expect_report(sys, &nr, SLAB_FREE_NO_OBJECT, "", page);
	assert_true(IS_IN(r->caller, second_freer));
	assert_int_equal(slab_bad_frees(sys), nr);
	assert_int_equal(kmem_cache_live(sys, c), 1);
	freer(sys, c, p);
	assert_int_equal(sys->slab.errors.nr, nr);
	sim_free(sys);
}

static void many_freed_with_bad_ones_among_them(void **state)
{
	static const u32 flags[] = {ALL, 0};
	struct mem_system *sys = sim_new("128M");

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(flags); i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "bulk", 40, 0, flags[i], NULL);
		void *good[20], *bad[24];
		u64 nr = slab_bad_frees(sys);

		assert_int_equal(kmem_cache_alloc_bulk(sys, c, GFP_KERNEL, 20, good), 20);
		memcpy(bad, good, sizeof(good));
		bad[20] = good[3];	     /* twice */
		bad[21] = (u8 *)good[4] + 8; /* the middle */
		bad[22] = &sys;		     /* nothing */
		bad[23] = good[19];
		kmem_cache_free_bulk(sys, c, 24, bad);
		assert_int_equal(slab_bad_frees(sys), nr + 4);
		assert_int_equal(kmem_cache_live(sys, c), 0);
		assert_sound(sys);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
	}
	sim_free(sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_byte_behind_the_end),
		cmocka_unit_test(one_byte_before_the_beginning),
		cmocka_unit_test(behind_what_kmalloc_was_asked_for),
		cmocka_unit_test(so_far_behind_that_the_record_is_gone),
		cmocka_unit_test(the_record_alone_is_overrun),
		cmocka_unit_test(written_to_after_free),
		cmocka_unit_test(the_quarantine_is_a_queue),
		cmocka_unit_test(written_to_in_quarantine),
		cmocka_unit_test(freed_twice),
		cmocka_unit_test(freed_in_the_middle_or_elsewhere),
		cmocka_unit_test(many_freed_with_bad_ones_among_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

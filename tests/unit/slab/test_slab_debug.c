/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Bugs planted in users of SLUB: each must be found, and named with object, byte and callers. */
#include "mm_fixture.h"
#include "sanitize.h"

#define ALL	    SLAB_DEBUG_FLAGS
#define RED_FREE    0xbb
#define RED_LIVE    0xcc
#define POISON	    0x6b
#define POISON_LAST 0xa5

/* ---- who calls --------------------------------------------------------------------------- */

static volatile u32 after_the_call; /* so that the call is not the last thing that is done */

static __attribute__((noinline)) void *allocator(struct mem_system *sys, struct kmem_cache *c)
{
	void *p = kmem_cache_alloc(sys, c, GFP_KERNEL);

	after_the_call++;
	return p;
}

static __attribute__((noinline)) void *mallocator(struct mem_system *sys, size_t size)
{
	void *p = kmalloc(sys, size, GFP_KERNEL);

	after_the_call++;
	return p;
}

static __attribute__((noinline)) void freer(struct mem_system *sys, struct kmem_cache *c, void *p)
{
	kmem_cache_free(sys, c, p);
	after_the_call++;
}

static __attribute__((noinline)) void second_freer(struct mem_system *sys, void *p)
{
	kfree(sys, p);
	after_the_call++;
}

static __attribute__((noinline)) int destroyer(struct mem_system *sys, struct kmem_cache *c)
{
	int err = kmem_cache_destroy(sys, c);

	after_the_call++;
	return err;
}

/* Is it an address in such a short function? */
#define IS_IN(address, function) ((address) - (u64)(uintptr_t)(function) < 256)

static const struct slab_report *last_report(const struct mem_system *sys)
{
	const struct slab_errors *e = &sys->slab.errors;

	assert_true(e->nr);
	return &e->last[(e->nr - 1) % SLAB_MAX_REPORTS];
}

/* The last report says so, and is the only new one. */
static const struct slab_report *expect_report(const struct mem_system *sys, u64 *nr,
					       enum slab_error error, const char *cache,
					       const void *object)
{
	const struct slab_report *r;

	assert_int_equal(sys->slab.errors.nr, ++*nr);
	r = last_report(sys);
	assert_string_equal(slab_error_name(r->error), slab_error_name(error));
	assert_string_equal(r->cache, cache);
	assert_ptr_equal((void *)(uintptr_t)r->object, object);
	assert_int_equal(r->cpu, 0);
	return r;
}

static void expect_byte(const struct slab_report *r, s32 at, u8 expected, u8 found)
{
	assert_int_equal(r->at, at);
	assert_int_equal(r->expected, expected);
	assert_int_equal(r->found, found);
}

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

/* ---- other calls ------------------------------------------------------------------------- */

static void a_busy_cache_is_not_destroyed(void **state)
{
	static const u32 flags[] = {ALL, 0};
	struct mem_system *sys = sim_new("128M");
	u64 nr = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(flags); i++) {
		struct kmem_cache *c = kmem_cache_create(sys, "busy", 1000, 0, flags[i], NULL);
		void *p[100];
		const struct slab_report *r;

		for (u32 k = 0; k < 100; k++)
			p[k] = allocator(sys, c);
		for (u32 k = 0; k < 97; k++)
			freer(sys, c, p[k]);
		assert_int_equal(destroyer(sys, c), -EBUSY);
		assert_int_equal(sys->slab.errors.nr, ++nr);
		r = last_report(sys);
		assert_int_equal(r->error, SLAB_BUSY);
		assert_string_equal(r->cache, "busy");
		assert_int_equal(r->live, 3);
		assert_true(IS_IN(r->caller, destroyer));
		assert_true(r->object == (u64)(uintptr_t)p[97] ||
			    r->object == (u64)(uintptr_t)p[98] ||
			    r->object == (u64)(uintptr_t)p[99]);
		assert_int_equal(IS_IN(r->alloc.caller, allocator), flags[i] != 0);
		for (u32 k = 97; k < 100; k++)
			freer(sys, c, p[k]);
		assert_int_equal(destroyer(sys, c), 0);
		assert_int_equal(sys->slab.errors.nr, nr);
	}
	sim_free(sys);
}

static void arrays_too_large_to_be(void **state)
{
	struct mem_system *sys = sim_new("128M");
	u64 nr = 0;

	(void)state;
	assert_null(kmalloc_array(sys, 1ULL << 62, 4, GFP_KERNEL));
	expect_report(sys, &nr, SLAB_BAD_SIZE, "kmalloc_array", NULL);
	assert_null(kcalloc(sys, 0x100000001ULL, 0x100000001ULL, GFP_KERNEL));
	expect_report(sys, &nr, SLAB_BAD_SIZE, "kmalloc_array", NULL);
	assert_true(last_report(sys)->caller);
	assert_null(kcalloc(sys, SIZE_MAX, SIZE_MAX, GFP_KERNEL));
	nr++;
	assert_null(kmalloc_array(sys, 1ULL << 40, 4, GFP_KERNEL)); /* no overflow: no memory */
	assert_ptr_equal(kmalloc_array(sys, 0, SIZE_MAX, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_int_equal(sys->slab.errors.nr, nr);
	assert_sound(sys);
	sim_free(sys);
}

/* Expect what was freed not to be grown, and not to come to life again. */
static void freed_and_reallocated(void **state)
{
	static const char *const machines[] = {"128M", "128M slub_debug=FZPU",
					       "128M slub_debug=F quarantine=4"};
	static const size_t sizes[] = {50, 60, 64, 500, 20000};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mem_system *sys = sim_new(machines[i]);
		void *keep = kmalloc(sys, 50, GFP_KERNEL);

		for (u32 k = 0; k < ARRAY_SIZE(sizes); k++) {
			void *p = mallocator(sys, 50), *q = mallocator(sys, 50);

			second_freer(sys, p);
			second_freer(sys, q);
			assert_int_equal(ksize(sys, p), 0);
			assert_int_equal(ksize(sys, q), 0);
			assert_null(krealloc(sys, p, sizes[k], GFP_KERNEL));
			assert_null(krealloc(sys, q, sizes[k], GFP_KERNEL));
			assert_int_equal(slab_bad_frees(sys), 2 * k + 2);
			assert_int_equal(last_report(sys)->error, SLAB_BAD_SIZE);
			assert_sound(sys);
		}
		kfree(sys, keep);
		sim_free(sys);
	}
}

/* ---- what a cache promises --------------------------------------------------------------- */

static void construct(void *object)
{
	memset(object, 0x11, 40);
}

static void constructed_objects_are_not_poisoned(void **state)
{
	struct mem_system *sys = sim_new("128M slub_debug=FZPU");
	struct kmem_cache *c = kmem_cache_create(sys, "made", 40, 0, 0, construct);
	const struct slab_report *r;
	u8 *p = allocator(sys, c);
	u64 nr = 0;

	(void)state;
	assert_int_equal(c->flags & SLAB_DEBUG_FLAGS, ALL & ~SLAB_POISON);
	for (u32 round = 0; round < 3; round++) {
		for (u32 i = 0; i < 40; i++)
			assert_int_equal(p[i], 0x11);
		freer(sys, c, p);
		assert_ptr_equal(allocator(sys, c), p);
	}
	p[40] = 0x11;
	freer(sys, c, p);
	r = expect_report(sys, &nr, SLAB_OVERRUN, "made", p);
	expect_byte(r, 40, RED_LIVE, 0x11);
	assert_int_equal(kmem_cache_destroy(sys, c), 0);
	sim_free(sys);
}

/* Expect a free object to keep its contents and its page, for who still looks at it. */
static void typesafe_objects_keep_their_contents(void **state)
{
	static const char *const machines[] = {"128M", "128M slub_debug=FZPU",
					       "128M slub_debug=FZPU quarantine=30",
					       "128M randomise"};

	(void)state;
	for (u32 m = 0; m < ARRAY_SIZE(machines); m++) {
		struct mem_system *sys = sim_new(machines[m]);
		struct kmem_cache *c =
			kmem_cache_create(sys, "safe", 40, 0, SLAB_TYPESAFE_BY_RCU, NULL);
		static u8 *p[5000];
		u64 slabs;

		assert_false(c->flags & SLAB_POISON);
		for (u32 i = 0; i < 5000; i++)
			memset(p[i] = allocator(sys, c), (int)(i | 1), 40);
		slabs = kmem_cache_node_slabs(c, NUMA_NO_NODE);
		for (u32 i = 0; i < 5000; i++)
			freer(sys, c, p[i]);
		kmem_cache_drain(sys, c);
		assert_int_equal(kmem_cache_live(sys, c), 0);
		assert_int_equal(kmem_cache_node_slabs(c, NUMA_NO_NODE), slabs);
		for (u32 i = 0; i < 5000; i++) {
			assert_int_equal(p[i][0], (u8)(i | 1));
			assert_int_equal(p[i][39], (u8)(i | 1));
		}
		assert_int_equal(kmem_cache_shrink(sys, c), slabs);
		assert_sound(sys);
		assert_int_equal(kmem_cache_destroy(sys, c), 0);
		sim_free(sys);
	}
}

/* ---- options ----------------------------------------------------------------------------- */

static void options_are_read_as_linux_reads_them(void **state)
{
	static const struct {
		const char *text;
		u32 debug;
		const char *only;
	} good[] = {
		{"", ALL, ""},
		{"-", 0, ""},
		{"F", SLAB_CONSISTENCY_CHECKS, ""},
		{"Z", SLAB_RED_ZONE, ""},
		{"P", SLAB_POISON, ""},
		{"U", SLAB_STORE_USER, ""},
		{"UPZF", ALL, ""},
		{"ZZZ", SLAB_RED_ZONE, ""},
		{",dentry", ALL, "dentry"},
		{"FZ,kmalloc-*", SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE, "kmalloc-*"},
		{"F,", SLAB_CONSISTENCY_CHECKS, ""},
		{"U,a-name-of-thirty-one-characters", SLAB_STORE_USER,
		 "a-name-of-thirty-one-characters"},
	};
	static const char *const bad[] = {"f",	"FX", "F Z", "-F",
					  "F-", "1",  "F;a", "U,a-name-of-thirty-two-characters!"};
	struct slab_options o;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(good); i++) {
		memset(&o, 0, sizeof(o));
		o.quarantine = 5;
		assert_int_equal(slab_debug_parse(good[i].text, &o), 0);
		assert_int_equal(o.debug, good[i].debug);
		assert_string_equal(o.only, good[i].only);
		assert_int_equal(o.quarantine, 5);
	}
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(slab_debug_parse("Z,me", &o), 0);
		assert_int_equal(slab_debug_parse(bad[i], &o), -EINVAL);
		assert_int_equal(o.debug, SLAB_RED_ZONE);
		assert_string_equal(o.only, "me");
	}
	assert_int_equal(slab_debug_parse("F", &o), 0);
	assert_string_equal(o.only, ""); /* what was said before is forgotten */
}

static void names_choose_caches(void **state)
{
	static const struct {
		const char *spec, *name;
		u32 flags;
	} cases[] = {
		{"128M slub_debug=Z,me", "me", SLAB_RED_ZONE},
		{"128M slub_debug=Z,me", "mes", 0},
		{"128M slub_debug=Z,me", "m", 0},
		{"128M slub_debug=Z,me*", "me", SLAB_RED_ZONE},
		{"128M slub_debug=Z,me*", "message", SLAB_RED_ZONE},
		{"128M slub_debug=Z,me*", "am", 0},
		{"128M slub_debug=Z,*", "anything", SLAB_RED_ZONE},
		{"128M slub_debug=Z", "anything", SLAB_RED_ZONE},
		{"128M slub_debug=-", "anything", 0},
		{"128M", "anything", 0},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mem_system *sys = sim_new(cases[i].spec);
		struct kmem_cache *c = kmem_cache_create(sys, cases[i].name, 40, 0, 0, NULL);

		assert_int_equal(c->flags & SLAB_DEBUG_FLAGS, cases[i].flags);
		sim_free(sys);
	}
}

static void kmalloc_alone_is_debugged(void **state)
{
	struct mem_system *sys = sim_new("128M slub_debug=FZPU,kmalloc-* quarantine=2");
	struct kmem_cache *c = kmem_cache_create(sys, "x", 40, 0, 0, NULL);

	(void)state;
	for (u32 i = 0; i < NR_KMALLOC_SIZES; i++) {
		assert_int_equal(sys->slab.kmalloc[KMALLOC_NORMAL][i]->flags & ALL, ALL);
		assert_int_equal(sys->slab.kmalloc[KMALLOC_NORMAL][i]->quarantine.size, 2);
		assert_int_equal(sys->slab.kmalloc[KMALLOC_RECLAIM][i]->flags & ALL, ALL);
		assert_int_equal(sys->slab.kmalloc[KMALLOC_DMA][i]->flags & ALL, 0);
	}
	assert_int_equal(c->flags & ALL, 0);
	assert_int_equal(c->quarantine.size, 0);
	sim_free(sys);
}

/* ---- reports ----------------------------------------------------------------------------- */

static void the_last_reports_are_kept(void **state)
{
	struct mem_system *sys = sim_new("128M");
	struct kmem_cache *c = kmem_cache_create(sys, "wrap", 40, 0, 0, NULL);
	const struct slab_errors *e = &sys->slab.errors;
	u8 *p = allocator(sys, c);

	(void)state;
	for (u32 i = 1; i <= 3 * SLAB_MAX_REPORTS + 1; i++) {
		freer(sys, c, p + i);
		assert_int_equal(e->nr, i);
		assert_int_equal(e->count[SLAB_FREE_INSIDE], i);
		for (u32 k = 0; k < min(i, (u32)SLAB_MAX_REPORTS); k++)
			assert_int_equal(e->last[(i - 1 - k) % SLAB_MAX_REPORTS].object,
					 (u64)(uintptr_t)p + i - k);
	}
	freer(sys, c, p);
	assert_int_equal(e->nr, 3 * SLAB_MAX_REPORTS + 1);
	sim_free(sys);
}

static void tracks_say_who_had_it(void **state)
{
	struct mem_system *sys = sim_new("128M cpus=2");
	struct kmem_cache *c = kmem_cache_create(sys, "who", 40, 0, SLAB_STORE_USER, NULL);
	struct kmem_cache *plain = kmem_cache_create(sys, "plain", 40, 0, 0, NULL);
	struct slab_track alloc, free;
	void *p = allocator(sys, c);

	(void)state;
	slab_tracks_of(c, p, &alloc, &free);
	assert_true(IS_IN(alloc.caller, allocator) && alloc.when && !alloc.cpu);
	assert_int_equal(alloc.size, 40);
	assert_int_equal(free.caller + free.when + free.cpu, 0);
	arch_host_cpu = 1;
	freer(sys, c, p);
	arch_host_cpu = 0;
	slab_tracks_of(c, p, &alloc, &free);
	assert_true(IS_IN(alloc.caller, allocator) && IS_IN(free.caller, freer));
	assert_int_equal(free.cpu, 1);
	p = allocator(sys, plain);
	slab_tracks_of(plain, p, &alloc, &free);
	assert_int_equal(alloc.caller + free.caller, 0);
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
		cmocka_unit_test(a_busy_cache_is_not_destroyed),
		cmocka_unit_test(arrays_too_large_to_be),
		cmocka_unit_test(freed_and_reallocated),
		cmocka_unit_test(constructed_objects_are_not_poisoned),
		cmocka_unit_test(typesafe_objects_keep_their_contents),
		cmocka_unit_test(options_are_read_as_linux_reads_them),
		cmocka_unit_test(names_choose_caches),
		cmocka_unit_test(kmalloc_alone_is_debugged),
		cmocka_unit_test(the_last_reports_are_kept),
		cmocka_unit_test(tracks_say_who_had_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

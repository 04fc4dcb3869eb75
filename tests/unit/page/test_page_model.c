/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The page allocator against a naive model (a byte per page says who has it) under seeded random
 * operations: all orders, types, zones, nodes and CPUs, singly, in bulk, in ranges, with and
 * without struct pages, from one thread and from several.
 */
#include <pthread.h>

#include "../../../mm/page/frame/group.h"
#include "mm_fixture.h"

#define SLOTS 700

struct slot {
	u64 pfn;
	unsigned order;
	u32 nr; /* pages of a bulk or a range; 0: one block */
	struct page **pages;
};

struct model {
	struct mem_system *sys;
	struct prng prng;
	u8 *owner; /* of each frame; shared by threads, so exchanged atomically */
	u8 me;
	struct slot slot[SLOTS];
};

static void take(struct model *m, u64 pfn, u64 nr)
{
	for (u64 i = 0; i < nr; i++) {
		u8 before = __atomic_exchange_n(&m->owner[pfn + i], m->me, __ATOMIC_ACQ_REL);

		if (before || pfn + i >= m->sys->page.max_pfn)
			fail_msg("pfn %#llx is %u's already", pfn + i, before);
	}
}

static void give(struct model *m, u64 pfn, u64 nr)
{
	for (u64 i = 0; i < nr; i++)
		assert_int_equal(__atomic_exchange_n(&m->owner[pfn + i], 0, __ATOMIC_ACQ_REL),
				 m->me);
}

static gfp_t random_gfp(struct model *m)
{
	static const gfp_t zones[] = {0, 0, 0, 0, __GFP_DMA32, __GFP_DMA, __GFP_HIGHMEM, 0};
	static const gfp_t hows[] = {GFP_KERNEL,
				     GFP_KERNEL,
				     GFP_KERNEL,
				     GFP_ATOMIC,
				     GFP_NOWAIT,
				     GFP_KERNEL | __GFP_NORETRY,
				     GFP_KERNEL | __GFP_COMP,
				     GFP_USER};
	static const gfp_t mobile[] = {0, __GFP_MOVABLE, __GFP_RECLAIMABLE, __GFP_MOVABLE};
	gfp_t gfp = zones[prng_below(&m->prng, 8)] | hows[prng_below(&m->prng, 8)];

	return gfp | mobile[prng_below(&m->prng, 4)] | __GFP_NOWARN;
}

static unsigned random_order(struct model *m)
{
	return (unsigned)prng_below(&m->prng, prng_below(&m->prng, NR_PAGE_ORDERS) + 1);
}

static void check_zone_of(const struct model *m, gfp_t gfp, u64 pfn)
{
	const struct zone *zone = zone_of_pfn(m->sys, pfn);

	assert_non_null(zone);
	assert_true(zone->type <= gfp_zone(gfp));
}

static void alloc_bulk(struct model *m, struct slot *s, gfp_t gfp)
{
	u32 nr = (u32)prng_below(&m->prng, 300) + 1;

	s->pages = malloc(nr * sizeof(*s->pages));
	s->nr = alloc_pages_bulk(m->sys, gfp, nr, s->pages);
	for (u32 i = 0; i < s->nr; i++) {
		take(m, page_to_pfn(m->sys, s->pages[i]), 1);
		check_zone_of(m, gfp, page_to_pfn(m->sys, s->pages[i]));
		assert_int_equal(s->pages[i]->_refcount, 1);
	}
	if (!s->nr)
		free(s->pages);
}

static void alloc_block(struct model *m, struct slot *s, gfp_t gfp)
{
	int nid = prng_below(&m->prng, 4) ? NUMA_NO_NODE
					  : (int)prng_below(&m->prng, m->sys->given.numa->nr_nodes);
	u64 pfn = NO_FRAME;

	s->order = random_order(m);
	if (m->sys->given.page_options.frames_only) {
		pfn = nid < 0 ? frame_alloc(m->sys, arch_this_cpu(), gfp, s->order)
			      : frame_alloc_node(m->sys, arch_this_cpu(), nid, gfp, s->order);
	} else {
		struct page *page = alloc_pages_node(m->sys, nid, gfp, s->order);

		if (page) {
			pfn = page_to_pfn(m->sys, page);
			assert_int_equal(page->_refcount, 1);
			assert_int_equal(page->flags & PAGE_FLAGS_IN_USE,
					 gfp & __GFP_COMP && s->order ? 1ULL << PG_head : 0);
		}
	}
	s->pfn = pfn;
	if (pfn == NO_FRAME)
		return;
	assert_true(is_aligned(pfn, 1ULL << s->order));
	take(m, pfn, 1ULL << s->order);
	check_zone_of(m, gfp, pfn);
}

static void alloc_slot(struct model *m, struct slot *s)
{
	gfp_t gfp = random_gfp(m);

	s->nr = 0;
	if (!m->sys->given.page_options.frames_only && !prng_below(&m->prng, 8))
		alloc_bulk(m, s, gfp & ~__GFP_COMP);
	else
		alloc_block(m, s, gfp);
}

static bool slot_is_used(const struct slot *s)
{
	return s->nr || s->pfn != NO_FRAME;
}

static void free_slot(struct model *m, struct slot *s)
{
	struct mem_system *sys = m->sys;

	if (s->nr) {
		for (u32 i = 0; i < s->nr; i++)
			give(m, page_to_pfn(sys, s->pages[i]), 1);
		free_pages_bulk(sys, s->nr, s->pages);
		free(s->pages);
	} else if (s->pfn != NO_FRAME) {
		give(m, s->pfn, 1ULL << s->order);
		if (sys->given.page_options.frames_only)
			assert_int_equal(frame_free(sys, arch_this_cpu(), s->pfn, s->order), 0);
		else
			__free_pages(sys, pfn_to_page(sys, s->pfn), s->order);
	}
	*s = (struct slot){.pfn = NO_FRAME};
}

static void frames_sound(const struct mem_system *sys)
{
	u64 pfn;
	const char *wrong = page_alloc_check(sys, &pfn);

	if (wrong)
		fail_msg("%s: pfn %#llx", wrong, pfn);
}

static struct model *model_new(struct mem_system *sys, u8 *owner, u8 me, u64 seed)
{
	struct model *m = calloc(1, sizeof(*m));

	m->sys = sys;
	m->owner = owner;
	m->me = me;
	prng_seed(&m->prng, seed);
	for (u32 i = 0; i < SLOTS; i++)
		m->slot[i].pfn = NO_FRAME;
	return m;
}

static void model_run(struct model *m, u32 steps, u32 check_every)
{
	for (u32 step = 0; step < steps; step++) {
		struct slot *s = &m->slot[prng_below(&m->prng, SLOTS)];

		if (slot_is_used(s))
			free_slot(m, s);
		else
			alloc_slot(m, s);
		if (check_every && step % check_every == 0)
			frames_sound(m->sys);
	}
	for (u32 i = 0; i < SLOTS; i++)
		free_slot(m, &m->slot[i]);
}

/* Pages that are managed and in nobody's hands: the same at the end as at the start. */
static u64 accounted(struct mem_system *sys)
{
	u64 pages = 0;

	for_each_node(sys, node) {
		for (u32 type = 0; type < MAX_NR_ZONES; type++) {
			const struct zone *z = &node->node_zones[type];

			pages += z->nr_free_pages + z->nr_memmap_pages + pcp_zone_pages(sys, z);
		}
	}
	return pages;
}

static void one_machine(const char *spec, const struct page_options *options, u64 seed, u32 steps,
			u32 check_every)
{
	struct mem_system *sys = sim_new_with(spec, options);
	u8 *owner = calloc(sys->page.max_pfn, 1);
	struct model *m = model_new(sys, owner, 1, seed);
	u64 before = accounted(sys);

	print_message("# %s seed %llu\n", spec, seed);
	model_run(m, steps, check_every);
	frames_sound(sys);
	assert_int_equal(accounted(sys), before);
	assert_int_equal(sys->page.errors.bad_frees, 0);
	pcp_drain_all(sys, 0);
	frames_sound(sys);
	for (u64 pfn = 0; pfn < sys->page.max_pfn; pfn++)
		assert_int_equal(owner[pfn], 0);
	free(owner);
	free(m);
	sim_free(sys);
}

static void with_struct_pages(void **state)
{
	struct page_options none = {0}, usual = page_option_defaults(),
			    movable = {.movablecore.bytes = 64 * MiB, .cma_bytes = 16 * MiB};

	(void)state;
	one_machine("96M", &none, 11, 30000, 500);
	one_machine("256M nodes=2", &usual, 12, 60000, 5000);
	one_machine("5G nodes=3 levels=5", &usual, 13, 60000, 5000);
	one_machine("256M", &movable, 14, 60000, 5000);
	one_machine("200M flat", &none, 15, 30000, 5000);
}

/* Every invariant after every step, on a machine so small that it is always short of memory. */
static void after_every_step(void **state)
{
	struct page_options cma = {.cma_bytes = 4 * MiB};

	(void)state;
	one_machine("40M", &cma, 21, 4000, 1);
}

static void frames_alone(void **state)
{
	struct page_options frames = {.frames_only = true};

	(void)state;
	one_machine("96M", &frames, 31, 100000, 5000);
	one_machine("6G nodes=4", &frames, 32, 100000, 20000);
}

/* ---- several CPUs ------------------------------------------------------------------------ */

#define THREADS 4

struct thread {
	pthread_t id;
	u32 cpu, steps;
	struct model *m;
};

static void *run_thread(void *arg)
{
	struct thread *t = arg;

	arch_host_cpu = t->cpu;
	model_run(t->m, t->steps, 0);
	return NULL;
}

static void threads_on(const char *spec, const struct page_options *options, u64 seed, u32 steps)
{
	struct mem_system *sys = sim_new_with(spec, options);
	u8 *owner = calloc(sys->page.max_pfn, 1);
	struct thread t[THREADS];
	u64 before = accounted(sys);

	print_message("# %s seed %llu, %u threads\n", spec, seed, THREADS);
	pcp_start_cpus(sys, THREADS);
	for (u32 i = 0; i < THREADS; i++) {
		t[i] = (struct thread){.cpu = i, .steps = steps};
		t[i].m = model_new(sys, owner, (u8)(i + 1), seed + i);
		assert_int_equal(pthread_create(&t[i].id, NULL, run_thread, &t[i]), 0);
	}
	for (u32 i = 0; i < THREADS; i++) {
		pthread_join(t[i].id, NULL);
		free(t[i].m);
	}
	pcp_stop_cpus(sys, THREADS);
	pcp_drain_all(sys, 0);
	frames_sound(sys);
	assert_int_equal(accounted(sys), before);
	assert_int_equal(sys->page.errors.bad_frees, 0);
	free(owner);
	sim_free(sys);
}

static void several_cpus_at_once(void **state)
{
	struct page_options none = {0}, frames = {.frames_only = true};

	(void)state;
	threads_on("1G nodes=2 cpus=4", &none, 41, 15000);
	threads_on("80M cpus=4", &none, 42, 8000);
	threads_on("1G cpus=4", &frames, 43, 40000);
}

/* ---- lazy and eager ---------------------------------------------------------------------- */

/* Expect: struct pages that are made at the start, all of them, change nothing of what is seen:
 * the same calls give the same frames when the memory for struct pages comes from elsewhere (FLAT),
 * and every struct page that is alive reads the same. */
static void lazy_struct_pages_are_as_eager_ones(void **state)
{
	struct page_options lazy = {0}, eager = {.eager = true};
	struct mem_system *a = sim_new_with("512M flat", &lazy);
	struct mem_system *b = sim_new_with("512M flat", &eager);
	u8 *owner[2] = {calloc(a->page.max_pfn, 1), calloc(b->page.max_pfn, 1)};
	struct model *m[2] = {model_new(a, owner[0], 1, 5), model_new(b, owner[1], 1, 5)};
	u64 compared = 0;

	(void)state;
	assert_true(b->page.alive_pageblocks > a->page.alive_pageblocks);
	for (u32 step = 0; step < 20000; step++) {
		for (u32 i = 0; i < 2; i++) {
			struct slot *s = &m[i]->slot[prng_below(&m[i]->prng, SLOTS)];

			if (slot_is_used(s))
				free_slot(m[i], s);
			else
				alloc_slot(m[i], s);
		}
	}
	assert_memory_equal(owner[0], owner[1], a->page.max_pfn);
	for (u64 pfn = 0; pfn < a->page.max_pfn; pfn++) {
		const struct page *x = pfn_to_page(a, pfn), *y = pfn_to_page(b, pfn);

		if (!page_alive(a, pfn))
			continue;
		compared++;
		assert_int_equal(x->flags, y->flags);
		assert_int_equal(x->state_word, y->state_word);
		if (!page_test(x, PG_slab))
			assert_int_equal(x->_mapcount, y->_mapcount);
	}
	assert_true(compared > 10000);
	for (u32 i = 0; i < 2; i++) {
		for (u32 k = 0; k < SLOTS; k++)
			free_slot(m[i], &m[i]->slot[k]);
		free(m[i]);
		free(owner[i]);
	}
	sim_free(a);
	sim_free(b);
}

/* ---- failures ---------------------------------------------------------------------------- */

/* Expect: whichever allocation fails, nothing is lost and nothing is half done. */
static void any_allocation_may_fail(void **state)
{
	(void)state;
	for (u32 k = 1; k < 60; k++) {
		struct mem_system *sys = sim_new("64M");
		struct page *pages[100];
		u64 before = accounted(sys);
		u32 got, single = 0;

		page_debug_fail_after(sys, k);
		got = alloc_pages_bulk(sys, GFP_KERNEL, 40, pages);
		while (single < 20 && (pages[got + single] = alloc_page(sys, GFP_KERNEL)))
			single++;
		assert_int_equal(got + single, min(k - 1, 60u));
		page_debug_fail_after(sys, 0);
		free_pages_bulk(sys, got + single, pages);
		assert_int_equal(accounted(sys), before);
		assert_sound(sys);
		sim_free(sys);
	}
}

/* Expect: when a page that holds struct pages or maps cannot be had, the request fails, and what is
 * free stays free. */
static void memory_for_descriptors_may_end(void **state)
{
	struct mem_system *sys = sim_new("1G");
	u64 before = accounted(sys);
	u64 got = 0, pfn;
	static u64 held[4096];

	(void)state;
	/* Whole pageblocks, so that none is left for struct pages of the other sections. */
	while ((pfn = frame_alloc(sys, 0, GFP_KERNEL, PAGEBLOCK_ORDER)) != NO_FRAME)
		held[got++] = pfn;
	for (u32 i = 0; i < 20000; i++) {
		struct page *page = alloc_page(sys, GFP_KERNEL);

		if (!page)
			break;
		assert_true(page_alive(sys, page_to_pfn(sys, page)));
	}
	assert_sound(sys);
	while (got)
		assert_int_equal(frame_free(sys, 0, held[--got], PAGEBLOCK_ORDER), 0);
	assert_sound(sys);
	assert_true(accounted(sys) <= before);
	sim_free(sys);
}

/* ---- the words of 64 pages --------------------------------------------------------------- */

static bool run_is_free(u64 word, unsigned i, unsigned order)
{
	for (unsigned k = 0; k < 1u << order; k++) {
		if (!(word >> (i + k) & 1))
			return false;
	}
	return true;
}

/* The block of the buddy system that page i is part of, found the slow way. */
static unsigned naive_merged(u64 word, unsigned i)
{
	unsigned order = 0;

	while (order < GROUP_ORDER && run_is_free(word, i & ~((2u << order) - 1), order + 1))
		order++;
	return order;
}

static void words_agree_with_single_bits(void **state)
{
	struct prng prng;

	(void)state;
	prng_seed(&prng, 3);
	for (u32 n = 0; n < 20000; n++) {
		u64 word = prng_next(&prng) | (n & 1 ? prng_next(&prng) | prng_next(&prng) : 0);
		u64 blocks[GROUP_ORDER] = {0}, naive[GROUP_ORDER] = {0};
		unsigned largest = 0;

		word &= n & 2 ? ~0ULL : prng_next(&prng);
		if (!word || word == ~0ULL)
			continue;
		for (unsigned i = 0; i < 64; i++) {
			unsigned order = word >> i & 1 ? naive_merged(word, i) : 0;

			if (!(word >> i & 1))
				continue;
			assert_int_equal(group_merged(word, i, 0), order);
			largest = max(largest, order);
			naive[order] += !(i & ((1u << order) - 1));
		}
		assert_int_equal(group_largest(word), largest);
		group_count(word, blocks);
		assert_memory_equal(blocks, naive, sizeof(blocks));
		assert_int_equal(bit_count(word), __builtin_popcountll(word));
		for (unsigned order = 0; order <= largest; order++) {
			unsigned i = group_find(word, order), best = naive_merged(word, i);

			assert_true(run_is_free(word, i, order) && !(i & ((1u << order) - 1)));
			for (unsigned k = order; k < best; k++)
				assert_int_equal(naive[k], 0); /* none smaller would have done */
		}
	}
	assert_int_equal(group_largest(~0ULL), GROUP_ORDER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_agree_with_single_bits),
		cmocka_unit_test(with_struct_pages),
		cmocka_unit_test(after_every_step),
		cmocka_unit_test(frames_alone),
		cmocka_unit_test(several_cpus_at_once),
		cmocka_unit_test(lazy_struct_pages_are_as_eager_ones),
		cmocka_unit_test(any_allocation_may_fail),
		cmocka_unit_test(memory_for_descriptors_may_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

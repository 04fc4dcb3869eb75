/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SLUB and kmalloc against naive models, under seeded random operations: from one thread that is
 * all CPUs in turn, from several that pass objects to each other, and when pages end. */
#include <pthread.h>

#include "mm_fixture.h"
#include "slab_model.h"

/* ---- one thread -------------------------------------------------------------------------- */

static u32 choose(void *ctx, u32 below)
{
	return (u32)prng_below(ctx, below);
}

struct run {
	const char *spec;
	u64 seed;
	u32 steps, check_every;
	bool fail;
	u32 leave; /* free pages; 0: all */
};

static void **take_pages(struct mem_system *sys, u64 leave)
{
	void **last = NULL, **p;

	while (sim_free_pages(sys) > leave && (p = get_free_page(sys, GFP_KERNEL))) {
		*p = last;
		last = p;
	}
	return last;
}

static void give_pages(struct mem_system *sys, void **last)
{
	while (last) {
		void *page = last;

		last = *last;
		free_pages(sys, page, 0);
	}
}

static void one_run(const struct run *r, u64 *twice)
{
	struct mem_system *sys = sim_new(r->spec);
	struct slab_model *m = calloc(1, sizeof(*m));
	struct prng prng;
	void **held;

	print_message("# %s seed %llu\n", r->spec, r->seed);
	prng_seed(&prng, r->seed);
	*m = (struct slab_model){.sys = sys,
				 .choose = choose,
				 .ctx = &prng,
				 .nr_slots = MODEL_SLOTS,
				 .size_bits = 16,
				 .fail = r->fail,
				 .may_fail = r->leave};
	slab_model_begin(m);
	held = r->leave ? take_pages(sys, r->leave) : NULL;
	for (u32 i = 0; i < r->steps; i++) {
		slab_model_step(m);
		if (i % r->check_every == 0)
			slab_model_check(m);
	}
	give_pages(sys, held);
	slab_model_end(m);
	assert_true(m->allocs > r->steps / 8 && m->wrong > r->steps / 100);
	if (!r->fail && !r->leave)
		assert_int_equal(m->failed, 0);
	else if (r->steps > 10000)
		assert_true(m->failed);
	for (u32 use = 0; use < NR_SLAB_USES; use++)
		twice[use] += m->twice[use];
	assert_sound(sys);
	free(m);
	sim_free(sys);
}

static void random_operations(void **state)
{
	static const struct run runs[] = {
		{"128M cpus=1", 1, 40000, 1000, false, 0},
		{"128M cpus=2 nodes=2", 2, 40000, 1000, false, 0},
		{"256M cpus=4 nodes=3", 3, 40000, 1000, false, 0},
		{"128M cpus=4 randomise", 4, 40000, 1000, false, 0},
		{"128M cpus=4 merge", 5, 40000, 1000, false, 0},
		{"128M cpus=2 slub_debug=FZPU", 6, 20000, 1000, false, 0},
		{"128M cpus=4 slub_debug=FZPU quarantine=40 nodes=2", 7, 20000, 1000, false, 0},
		{"128M cpus=2 slub_debug=F,model-* quarantine=3 merge", 8, 20000, 1000, false, 0},
		{"128M cpus=4 slub_debug=ZU,kmalloc-* randomise merge", 9, 20000, 1000, false, 0},
		{"128M cpus=2 nodes=2", 10, 40000, 1000, true, 0},
		{"128M cpus=4 slub_debug=FZPU quarantine=7", 11, 20000, 1000, true, 0},
		{"64M cpus=4 nodes=2", 12, 40000, 1000, false, 700},
		{"64M cpus=2 randomise merge", 13, 40000, 1000, true, 400},
	};
	u64 twice[NR_SLAB_USES] = {0};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(runs); i++)
		one_run(&runs[i], twice);
	/* Wherever a freed object may be, one was freed there again. */
	assert_int_equal(twice[SLAB_LIVE] + twice[SLAB_WASTE], 0);
	assert_true(twice[SLAB_FREE] > 1000 && twice[SLAB_QUARANTINED] > 100);
	assert_true(twice[SLAB_IN_HAND] > 20 && twice[SLAB_IN_MAIL] > 100);
}

static void checked_after_every_step(void **state)
{
	static const struct run runs[] = {
		{"64M cpus=3 nodes=2", 21, 4000, 1, false, 0},
		{"64M cpus=2 slub_debug=F,model-3 merge", 22, 4000, 1, true, 0},
	};
	u64 twice[NR_SLAB_USES] = {0};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(runs); i++)
		one_run(&runs[i], twice);
}

/* ---- several threads --------------------------------------------------------------------- */

#define THREADS 4
#define SHARED	256
#define KINDS	8

struct team {
	struct mem_system *sys;
	struct kmem_cache *cache[KINDS]; /* the last one: NULL, kmalloc */
	u32 size[KINDS];
	u64 *shared[KINDS][SHARED];
	u32 steps;
};

struct thread {
	pthread_t id;
	u32 cpu;
	u64 seed, swaps;
	struct team *team;
};

/* Every object says where it is, all over. */
static void sign(u64 *p, u32 size)
{
	for (u32 i = 0; i < size / sizeof(u64); i++)
		p[i] = (u64)(uintptr_t)p + i;
}

static void check_sign(const u64 *p, u32 size)
{
	for (u32 i = 0; i < size / sizeof(u64); i++) {
		if (p[i] != (u64)(uintptr_t)p + i)
			fail_msg("word %u of %u bytes is %#llx", i, size, p[i]);
	}
}

static u64 *team_take(struct team *t, u32 kind, struct prng *prng)
{
	gfp_t gfp = GFP_KERNEL | (prng_below(prng, 8) ? 0 : __GFP_ZERO);
	u64 *p;

	if (!t->cache[kind])
		p = kmalloc(t->sys, t->size[kind], gfp);
	else if (prng_below(prng, 16))
		p = kmem_cache_alloc(t->sys, t->cache[kind], gfp);
	else
		p = kmem_cache_alloc_node(t->sys, t->cache[kind], gfp, 0);
	if (p)
		sign(p, t->size[kind]);
	return p;
}

static void team_give(struct team *t, u32 kind, u64 *p, bool any)
{
	if (!p)
		return;
	check_sign(p, t->size[kind]);
	if (any || !t->cache[kind])
		kfree(t->sys, p);
	else
		kmem_cache_free(t->sys, t->cache[kind], p);
}

/* As many as `got` come; all of them go, one by one or together. */
static void team_bulk(struct team *t, u32 kind, struct prng *prng)
{
	void *objects[64];
	u32 nr = 1 + (u32)prng_below(prng, 64), got;

	if (!t->cache[kind])
		return;
	got = kmem_cache_alloc_bulk(t->sys, t->cache[kind], GFP_KERNEL, nr, objects);
	for (u32 i = 0; i < got; i++) {
		u64 **slot = &t->shared[kind][prng_below(prng, SHARED)];

		sign(objects[i], t->size[kind]);
		objects[i] = __atomic_exchange_n(slot, objects[i], __ATOMIC_ACQ_REL);
		if (objects[i])
			check_sign(objects[i], t->size[kind]);
	}
	kmem_cache_free_bulk(t->sys, t->cache[kind], got, objects); /* others', some of them NULL */
}

/* A cache of its own, which comes and goes. */
static void team_cache(struct team *t, struct prng *prng)
{
	u32 size = 8 + (u32)prng_below(prng, 2000);
	struct kmem_cache *c = kmem_cache_create(t->sys, "own", size, 0, 0, NULL);
	void *p[20];

	if (!c)
		return;
	for (u32 i = 0; i < 20; i++)
		p[i] = kmem_cache_alloc(t->sys, c, GFP_KERNEL);
	for (u32 i = 0; i < 20; i++)
		kmem_cache_free(t->sys, c, p[i]);
	assert_int_equal(kmem_cache_destroy(t->sys, c), 0);
}

static void *run_thread(void *arg)
{
	struct thread *me = arg;
	struct team *t = me->team;
	struct prng prng;

	arch_host_cpu = me->cpu;
	prng_seed(&prng, me->seed);
	for (u32 i = 0; i < t->steps; i++) {
		u32 kind = (u32)prng_below(&prng, KINDS), what = (u32)prng_below(&prng, 512);
		u64 **slot = &t->shared[kind][prng_below(&prng, SHARED)];
		u64 *p = what % 3 ? team_take(t, kind, &prng) : NULL;

		p = __atomic_exchange_n(slot, p, __ATOMIC_ACQ_REL);
		me->swaps += p != NULL;
		team_give(t, kind, p, what % 5 == 0);
		if (what < 8)
			team_bulk(t, kind, &prng);
		else if (what == 8)
			kmem_cache_shrink_all(t->sys);
		else if (what < 11 && t->cache[kind])
			kmem_cache_drain(t->sys, t->cache[kind]);
		else if (what < 13)
			team_cache(t, &prng);
	}
	return NULL;
}

static void start_team(struct team *t, u32 nr, u64 seed)
{
	struct thread threads[THREADS];
	u64 swaps = 0;

	pcp_start_cpus(t->sys, nr);
	for (u32 i = 0; i < nr; i++) {
		threads[i] = (struct thread){.cpu = i, .seed = seed + i, .team = t};
		assert_int_equal(pthread_create(&threads[i].id, NULL, run_thread, &threads[i]), 0);
	}
	for (u32 i = 0; i < nr; i++) {
		pthread_join(threads[i].id, NULL);
		swaps += threads[i].swaps;
	}
	pcp_stop_cpus(t->sys, nr);
	assert_true(swaps > t->steps / 8);
}

static u64 kmalloc_live(const struct mem_system *sys)
{
	u64 live = 0;

	for (u32 i = 0; i < NR_KMALLOC_SIZES; i++)
		live += kmem_cache_live(sys, sys->slab.kmalloc[KMALLOC_NORMAL][i]);
	return live;
}

/* What lies in the shared slots is all that is live; after it is freed nothing is. */
static void end_team(struct team *t)
{
	for (u32 kind = 0; kind < KINDS; kind++) {
		u64 held = 0;

		for (u32 i = 0; i < SHARED; i++)
			held += t->shared[kind][i] != NULL;
		if (t->cache[kind])
			assert_int_equal(kmem_cache_live(t->sys, t->cache[kind]), held);
		else
			assert_int_equal(kmalloc_live(t->sys), held);
		for (u32 i = 0; i < SHARED; i++)
			team_give(t, kind, t->shared[kind][i], false);
		if (t->cache[kind])
			assert_int_equal(kmem_cache_destroy(t->sys, t->cache[kind]), 0);
		else
			assert_int_equal(kmalloc_live(t->sys), 0);
	}
	assert_int_equal(slab_bad_frees(t->sys) + slab_bad_writes(t->sys), 0);
	assert_int_equal(t->sys->page.errors.bad_frees, 0);
}

static void threads_on(const char *spec, u32 nr, u64 seed, u32 steps)
{
	static const u32 sizes[KINDS] = {8, 64, 200, 704, 3000, 48, 40, 96};
	static const u32 flags[KINDS] = {[5] = SLAB_TYPESAFE_BY_RCU, [6] = SLAB_DEBUG_FLAGS};
	struct mem_system *sys = sim_new(spec);
	struct team *t = calloc(1, sizeof(*t));
	u64 before = all_pages(sys);

	print_message("# %s seed %llu, %u threads\n", spec, seed, nr);
	t->sys = sys;
	t->steps = steps;
	memcpy(t->size, sizes, sizeof(sizes));
	for (u32 i = 0; i + 1 < KINDS; i++)
		t->cache[i] = kmem_cache_create(sys, "team", sizes[i], 0, flags[i], NULL);
	start_team(t, nr, seed);
	assert_sound(sys);
	end_team(t);
	assert_sound(sys);
	assert_int_equal(all_pages(sys), before);
	free(t);
	sim_free(sys);
}

static void several_cpus_at_once(void **state)
{
	(void)state;
	threads_on("128M cpus=2", 2, 31, 30000);
	threads_on("128M cpus=4 nodes=2", 4, 32, 20000);
	threads_on("128M cpus=4 randomise", 4, 33, 15000);
	threads_on("128M cpus=4 slub_debug=FZU,kmalloc-* quarantine=20", 4, 34, 15000);
	threads_on("128M cpus=4 slub_debug=FZPU quarantine=20", 4, 35, 5000);
}

/* ---- pages that cannot be had ------------------------------------------------------------ */

#define SINGLE 60
#define BULK   600

struct held {
	struct kmem_cache *cache, *like;
	u8 *single[SINGLE + 1], *node[SINGLE], *small, *zeroed, *large, *array;
	void *bulk[BULK];
	u32 nr_single, nr_node, nr_bulk;
	bool all; /* came */
};

static bool is_filled(const u8 *p, u32 size, u8 byte)
{
	return p[0] == byte && !memcmp(p, p + 1, size - 1);
}

/* Grows p as far as it can be; what was in it stays, and when it fails p stays. */
static bool grow_by_steps(struct mem_system *sys, u8 **p, u32 size)
{
	static const u32 sizes[] = {200, 5000, 9000, 30000};
	u8 *grown;

	memset(*p, 0x77, size);
	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		grown = krealloc(sys, *p, sizes[i], GFP_KERNEL);
		assert_true(is_filled(grown ? grown : *p, size, 0x77));
		if (!grown)
			return false;
		*p = grown;
	}
	return true;
}

static void take_objects(struct mem_system *sys, struct held *h)
{
	u32 last = sys->slab.nr_nodes - 1;

	h->like = kmem_cache_create(sys, "like", h->cache->object_size, 0, 0, NULL);
	while (h->nr_single < SINGLE &&
	       (h->single[h->nr_single] = kmem_cache_alloc(sys, h->cache, GFP_KERNEL)))
		h->nr_single++;
	h->nr_bulk = kmem_cache_alloc_bulk(sys, h->cache, GFP_KERNEL, BULK, h->bulk);
	while (h->nr_node < SINGLE &&
	       (h->node[h->nr_node] = kmem_cache_alloc_node(sys, h->cache, GFP_KERNEL, (int)last)))
		h->nr_node++;
	assert_true(h->nr_bulk == BULK || h->nr_bulk == 0);
	assert_int_equal(kmem_cache_live(sys, h->cache), h->nr_single + h->nr_bulk + h->nr_node);
}

static void take_all(struct mem_system *sys, struct held *h, u32 size, u32 flags)
{
	h->cache = kmem_cache_create(sys, "fails", size, 0, flags, NULL);
	if (h->cache)
		take_objects(sys, h);
	h->small = kmalloc(sys, 70, GFP_KERNEL);
	h->zeroed = kzalloc(sys, 700, GFP_KERNEL);
	h->large = kmalloc(sys, 20000, GFP_KERNEL);
	h->array = kcalloc(sys, 30, 100, GFP_KERNEL);
	assert_true(!h->zeroed || is_filled(h->zeroed, 700, 0));
	assert_true(!h->array || is_filled(h->array, 3000, 0));
	h->all = h->small && grow_by_steps(sys, &h->small, 70) && h->zeroed && h->large &&
		 h->array && h->like && h->nr_single == SINGLE && h->nr_bulk &&
		 h->nr_node == SINGLE;
}

static void give_all(struct mem_system *sys, struct held *h)
{
	kfree(sys, h->small);
	kfree(sys, h->zeroed);
	kfree(sys, h->large);
	kfree(sys, h->array);
	if (!h->cache)
		return;
	while (h->nr_single)
		kmem_cache_free(sys, h->cache, h->single[--h->nr_single]);
	while (h->nr_node)
		kmem_cache_free(sys, h->cache, h->node[--h->nr_node]);
	kmem_cache_free_bulk(sys, h->cache, h->nr_bulk, h->bulk);
	assert_int_equal(kmem_cache_live(sys, h->cache), 0);
	if (h->like)
		assert_int_equal(kmem_cache_destroy(sys, h->like), 0);
	assert_int_equal(kmem_cache_destroy(sys, h->cache), 0);
}

/* Expect for each k, when the k-th page and all behind it cannot be had: what comes is whole, what
 * does not come is NULL, and in the end nothing is lost. Returns how many pages all of it takes. */
static u64 fail_at_every_page(const char *spec, u32 size, u32 flags)
{
	struct mem_system *sys = sim_new(spec);
	struct held *h = calloc(1, sizeof(*h));
	u64 before, k;

	page_debug_fail_after(sys, 0); /* has what it needs from now on */
	before = all_pages(sys);
	for (k = 1; !h->all; k++) {
		memset(h, 0, sizeof(*h));
		page_debug_fail_after(sys, k);
		take_all(sys, h, size, flags);
		page_debug_fail_after(sys, 0);
		assert_sound(sys);
		give_all(sys, h);
		assert_int_equal(slab_bad_frees(sys) + slab_bad_writes(sys), 0);
		assert_int_equal(all_pages(sys), before);
	}
	assert_sound(sys);
	free(h);
	sim_free(sys);
	return k - 1;
}

static void any_page_may_fail(void **state)
{
	static const struct {
		const char *spec;
		u32 size, flags, least; /* pages that are needed */
	} kinds[] = {
		{"64M", 8, 0, 10}, /* with maps */
		{"64M nodes=2 randomise", 8, 0, 10},
		{"64M", 64, 0, 18},
		{"64M merge", 1000, 0, 80}, /* with an alias */
		{"64M nodes=2", 3000, 0, 70},
		{"64M", 100, SLAB_TYPESAFE_BY_RCU, 20},
		{"64M", 100, SLAB_DEBUG_FLAGS, 30},
		{"64M slub_debug=FZPU quarantine=700", 100, 0, 30},
		{"64M slub_debug=F,fails quarantine=5", 8, 0, 10},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
		u64 pages = fail_at_every_page(kinds[i].spec, kinds[i].size, kinds[i].flags);

		if (pages < kinds[i].least)
			fail_msg("%s: %llu pages", kinds[i].spec, pages);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations),
		cmocka_unit_test(checked_after_every_step),
		cmocka_unit_test(several_cpus_at_once),
		cmocka_unit_test(any_page_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

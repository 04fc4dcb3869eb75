/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SLUB and kmalloc against naive models, under seeded random operations: from one thread that is
 * all CPUs in turn, from several that pass objects to each other, and when pages end. */
#include <pthread.h>

#include "mm_fixture.h"
#include "slab_model.h"

/* ---- one thread ---------------------------------------------------------------------------------
 */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations),
		cmocka_unit_test(checked_after_every_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The exercise from beginning to end: what is set up, the phases, what must be true afterwards. */
#include "arch.h"
#include "exercise_inner.h"

#define MAX_HELD   (256 * MiB) /* enough to learn something */
#define POLL_STEPS 1000
#define NR_PHASES  (NR_EXERCISE_KINDS + 1) /* each kind alone, then all of them */

struct exercise_config exercise_defaults(void)
{
	return (struct exercise_config){.seed = 1, .steps = 5000, .fill_pages = 16384};
}

const char *exercise_kind_name(enum exercise_kind kind)
{
	static const char *const names[] = {"pages", "kmem_cache", "kmalloc", "vmalloc"};

	return kind < ARRAY_SIZE(names) ? names[kind] : "?";
}

void exercise_fail(struct exercise *ex, const char *what, u64 where)
{
	if (!ex->res->failed) {
		ex->res->failed = what;
		ex->res->failed_at = where;
	}
}

/* ---- phases -------------------------------------------------------------------------------------
 */

/* Has somebody had enough, or something gone wrong? */
static bool is_over(struct exercise *ex)
{
	const struct exercise_config *cfg = ex->cfg;

	if (cfg->poll && ex->res->steps % POLL_STEPS == 0 &&
	    cfg->poll(cfg->poll_ctx, ex->res->steps, NR_PHASES * cfg->steps))
		ex->res->stopped = true;
	return ex->res->stopped || ex->res->failed;
}

static void run_phase(struct exercise *ex, unsigned kind)
{
	for (u64 step = 0; step < ex->cfg->steps && !is_over(ex); step++)
		exercise_step(ex, kind);
	exercise_empty_all(ex);
	exercise_check_invariants(ex);
}

static void run_phases(struct exercise *ex)
{
	for (unsigned kind = 0; kind < NR_PHASES; kind++) {
		if (!ex->res->stopped && !ex->res->failed)
			run_phase(ex, kind);
	}
	if (!ex->res->stopped && !ex->res->failed)
		exercise_fill(ex);
}

/* ---- caches -------------------------------------------------------------------------------------
 */

#define CTOR_SIZE 72

static void construct(void *object)
{
	memset(object, 0, CTOR_SIZE);
}

static int create_caches(struct exercise *ex)
{
	static const struct {
		const char *name;
		u32 size, align, flags;
		void (*ctor)(void *object);
	} specs[EX_NR_CACHES] = {
		{"exercise-41", 41, 0, SLAB_POISON, NULL},
		{"exercise-72", CTOR_SIZE, 0, 0, construct},
		{"exercise-192", 192, 64, SLAB_HWCACHE_ALIGN, NULL},
		{"exercise-1500", 1500, 0, 0, NULL},
	};

	for (u32 i = 0; i < EX_NR_CACHES; i++) {
		ex->caches[i] = kmem_cache_create(ex->sys, specs[i].name, specs[i].size,
						  specs[i].align, specs[i].flags, specs[i].ctor);
		if (!ex->caches[i])
			return -ENOMEM;
	}
	return 0;
}

static void destroy_caches(struct exercise *ex)
{
	for (u32 i = 0; i < EX_NR_CACHES; i++) {
		if (ex->caches[i] && kmem_cache_destroy(ex->sys, ex->caches[i]))
			exercise_fail(ex, "a cache still has objects (objects)",
				      ex->caches[i]->nr_active);
	}
}

/* ---- the whole ----------------------------------------------------------------------------------
 */

/* What the exercise itself needs; half of the rest is its playground. */
static int set_up(struct exercise *ex, const struct account *before)
{
	struct mem_system *sys = ex->sys;
	u64 nr_zones = exercise_nr_zones(sys);

	prng_seed(&ex->prng, ex->cfg->seed);
	ex->max_held = min((before->free << PAGE_SHIFT) / 2, (u64)MAX_HELD);
	ex->slots = __get_free_pages(sys, GFP_KERNEL | __GFP_ZERO, EX_SLOTS_ORDER);
	ex->zones = kzalloc(sys, nr_zones * sizeof(ex->zones[0]), GFP_KERNEL);
	return ex->slots && ex->zones ? 0 : -ENOMEM;
}

static void tear_down(struct exercise *ex)
{
	kfree(ex->sys, ex->zones);
	free_pages(ex->sys, ex->slots, EX_SLOTS_ORDER);
}

/* Between set_up and tear_down: every zone must end as it began. */
static int run_balanced(struct exercise *ex)
{
	struct account begin = exercise_account(ex->sys);
	int err;

	exercise_note_zones(ex);
	err = create_caches(ex);
	if (!err)
		run_phases(ex);
	destroy_caches(ex);
	exercise_account(ex->sys); /* gives empty slabs back */
	exercise_check_zones(ex, &begin);
	return err;
}

int exercise_run(struct mem_system *sys, const struct exercise_config *cfg,
		 struct exercise_result *res)
{
	struct exercise ex = {.sys = sys, .cfg = cfg, .res = res};
	u64 start = arch_cycles();
	struct account before;
	int err;

	*res = (struct exercise_result){.seed = cfg->seed};
	before = exercise_account(sys);
	err = set_up(&ex, &before);
	if (!err)
		err = run_balanced(&ex);
	tear_down(&ex);
	exercise_balance(&ex, &before);
	exercise_check_invariants(&ex);
	res->ticks = arch_cycles() - start;
	if (res->failed)
		return -EFAULT;
	return err ? err : res->stopped ? -EINTR : 0;
}

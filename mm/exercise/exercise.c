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

/* ---- phases ------------------------------------------------------------------------------ */

static bool is_over(const struct exercise_team *team)
{
	return __atomic_load_n(&team->over, __ATOMIC_RELAXED);
}

/* Has somebody had enough? */
static void poll(struct exercise *ex)
{
	const struct exercise_config *cfg = ex->cfg;

	if (ex->worker || !cfg->poll || ex->res->steps % POLL_STEPS ||
	    !cfg->poll(cfg->poll_ctx, ex->res->steps, NR_PHASES * cfg->steps))
		return;
	ex->res->stopped = true;
	__atomic_store_n(&ex->team->over, true, __ATOMIC_RELAXED);
}

static void work(void *arg, u32 worker)
{
	struct exercise_team *team = arg;
	struct exercise *ex = &team->ex[worker];

	for (u64 step = 0; step < ex->cfg->steps; step++) {
		poll(ex);
		if (is_over(team))
			break;
		exercise_step(ex, team->kind);
	}
	exercise_empty_all(ex);
}

static void fill(void *arg, u32 worker)
{
	struct exercise_team *team = arg;

	exercise_fill(&team->ex[worker]);
}

/* Meanwhile each CPU's lists are its own. */
static int run_all(struct exercise_team *team, void (*fn)(void *arg, u32 worker))
{
	const struct exercise_config *cfg = team->ex[0].cfg;
	int err = 0;

	if (!cfg->run) {
		fn(team, 0);
		return 0;
	}
	pcp_start_cpus(team->ex[0].sys, team->nr);
	err = cfg->run(cfg->run_ctx, fn, team);
	pcp_stop_cpus(team->ex[0].sys, team->nr);
	return err;
}

static int run_phases(struct exercise_team *team)
{
	int err = 0;

	for (team->kind = 0; !err && team->kind < NR_PHASES && !is_over(team); team->kind++) {
		err = run_all(team, work);
		exercise_empty_boxes(&team->ex[0]);
		exercise_check_invariants(&team->ex[0]);
	}
	if (err || is_over(team) || !exercise_fill_begin(team))
		return err;
	err = run_all(team, fill);
	exercise_fill_end(team);
	return err;
}

/* ---- caches ------------------------------------------------------------------------------ */

#define CTOR_SIZE 72

static void construct(void *object)
{
	memset(object, 0, CTOR_SIZE);
}

static int create_caches(struct exercise_team *team)
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
		team->caches[i] = kmem_cache_create(team->ex[0].sys, specs[i].name, specs[i].size,
						    specs[i].align, specs[i].flags, specs[i].ctor);
		if (!team->caches[i])
			return -ENOMEM;
	}
	return 0;
}

static void destroy_caches(struct exercise_team *team)
{
	struct exercise *ex = &team->ex[0];

	for (u32 i = 0; i < EX_NR_CACHES; i++) {
		if (team->caches[i] && kmem_cache_destroy(ex->sys, team->caches[i]))
			exercise_fail(ex, "a cache still has objects (objects)",
				      kmem_cache_live(ex->sys, team->caches[i]));
	}
}

/* ---- the whole --------------------------------------------------------------------------- */

static u32 nr_workers(const struct exercise_config *cfg)
{
	return cfg->run ? max(cfg->nr_workers, 1u) : 1;
}

static int set_up_worker(struct exercise_team *team, u32 i, u64 max_held)
{
	struct exercise *first = &team->ex[0], *ex = &team->ex[i];

	*ex = (struct exercise){.sys = first->sys,
				.cfg = first->cfg,
				.res = i ? &ex->own_res : first->res,
				.team = team,
				.worker = i,
				.stamps = (u64)i << 24,
				.max_held = max_held};
	prng_seed(&ex->prng, ex->cfg->seed + i);
	ex->slots = __get_free_pages(ex->sys, GFP_KERNEL | __GFP_ZERO, EX_SLOTS_ORDER);
	return ex->slots ? 0 : -ENOMEM;
}

/* What the exercise itself needs; half of the rest is its playground. */
static struct exercise_team *set_up(struct mem_system *sys, const struct exercise_config *cfg,
				    struct exercise_result *res, const struct account *before)
{
	u32 nr = nr_workers(cfg);
	u64 max_held = min((before->free << PAGE_SHIFT) / 2, (u64)MAX_HELD) / nr;
	struct exercise_team *team =
		kzalloc(sys, sizeof(*team) + nr * sizeof(team->ex[0]), GFP_KERNEL);
	int err;

	if (!team)
		return NULL;
	team->ex[0] = (struct exercise){.sys = sys, .cfg = cfg, .res = res};
	team->nr = nr;
	for (u32 i = 0; i < EX_NR_BOXES; i++)
		spin_lock_init(&team->box[i].lock, "exercise", LOCK_EXERCISE,
			       sys->given.page_options.watch);
	team->zones = kzalloc(sys, exercise_nr_zones(sys) * sizeof(team->zones[0]), GFP_KERNEL);
	err = team->zones ? 0 : -ENOMEM;
	for (u32 i = 0; !err && i < nr; i++)
		err = set_up_worker(team, i, max_held);
	team->failed = err;
	return team;
}

static void tear_down(struct mem_system *sys, struct exercise_team *team)
{
	for (u32 i = 0; i < team->nr; i++) {
		if (team->ex[i].slots)
			free_pages(sys, team->ex[i].slots, EX_SLOTS_ORDER);
	}
	kfree(sys, team->zones);
	kfree(sys, team);
}

/* Between set_up and tear_down: every zone must end as it began. */
static int run_balanced(struct exercise_team *team)
{
	struct exercise *ex = &team->ex[0];
	struct account begin = exercise_account(ex->sys);
	int err;

	exercise_note_zones(ex);
	err = create_caches(team);
	if (!err)
		err = run_phases(team);
	destroy_caches(team);
	exercise_account(ex->sys); /* gives empty slabs back */
	exercise_check_zones(ex, &begin);
	return err;
}

static void add_up(struct exercise_result *sum, const struct exercise_result *part)
{
	for (u32 k = 0; k < NR_EXERCISE_KINDS; k++) {
		sum->kind[k].allocs += part->kind[k].allocs;
		sum->kind[k].frees += part->kind[k].frees;
		sum->kind[k].failures += part->kind[k].failures;
		sum->kind[k].bytes += part->kind[k].bytes;
	}
	sum->steps += part->steps;
	sum->swaps += part->swaps;
	sum->reallocs += part->reallocs;
	sum->filled_pages += part->filled_pages;
	sum->skipped += part->skipped;
	sum->peak_pages += part->peak_pages;
	if (!sum->failed && part->failed) {
		sum->failed = part->failed;
		sum->failed_at = part->failed_at;
	}
}

int exercise_run(struct mem_system *sys, const struct exercise_config *cfg,
		 struct exercise_result *res)
{
	u64 start = arch_cycles();
	struct exercise_team *team, alone = {.nr = 1};
	struct exercise ex = {.sys = sys, .cfg = cfg, .res = res, .team = &alone};
	struct account before;
	int err = -ENOMEM;

	*res = (struct exercise_result){.seed = cfg->seed, .nr_workers = nr_workers(cfg)};
	before = exercise_account(sys);
	team = set_up(sys, cfg, res, &before);
	if (team) {
		err = team->failed ? team->failed : run_balanced(team);
		for (u32 i = 1; i < team->nr; i++)
			add_up(res, &team->ex[i].own_res);
		tear_down(sys, team);
	}
	exercise_balance(&ex, &before);
	exercise_check_invariants(&ex);
	res->ticks = arch_cycles() - start;
	if (res->failed)
		return -EFAULT;
	return err ? err : res->stopped ? -EINTR : 0;
}

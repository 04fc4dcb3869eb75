/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Several CPUs shrink, register and unregister at once. */
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "odd_shrinker.h"

#define CPUS 4

struct presser {
	pthread_t id;
	struct mem_system *sys;
	struct cached *d;
	u32 cpu;
	u64 got;
	struct list_head pages;
};

/* Fills the cache and memory, again and again; the last CPU's shrinker comes and goes. */
static void *press(void *arg)
{
	struct presser *p = arg;
	struct odd *o;

	arch_host_cpu = p->cpu;
	for (u32 round = 0; round < 6; round++) {
		o = malloc(sizeof(*o));
		odd_init(p->sys, o, 5000);
		for (u32 i = 0; i < 20000; i++)
			p->got += cached_add(p->sys, p->d, GFP_KERNEL);
		p->got += take_pages(p->sys, GFP_KERNEL, &p->pages);
		unregister_shrinker(p->sys, &o->shrinker);
		memset(o, 0x55, sizeof(*o));
		free(o); /* which ASan watches */
		give_pages(p->sys, &p->pages);
	}
	return NULL;
}

static void several_cpus_shrink_at_once(void **state)
{
	struct mem_system *sys = sim_new("64M nodes=2 cpus=4");
	u64 pages = all_pages(sys);
	struct presser p[CPUS];
	struct cached d;

	(void)state;
	cached_init(sys, &d);
	pcp_start_cpus(sys, CPUS);
	for (u32 i = 0; i < CPUS; i++) {
		p[i] = (struct presser){.sys = sys, .d = &d, .cpu = i};
		list_init(&p[i].pages);
		assert_int_equal(pthread_create(&p[i].id, NULL, press, &p[i]), 0);
	}
	for (u32 i = 0; i < CPUS; i++) {
		pthread_join(p[i].id, NULL);
		assert_true(p[i].got > 20000);
	}
	pcp_stop_cpus(sys, CPUS);
	assert_true(d.shrinker.nr_freed > 10000);
	cached_destroy(sys, &d);
	assert_sound(sys);
	assert_int_equal(slab_bad_frees(sys) + sys->page.errors.bad_frees, 0);
	assert_int_equal(all_pages(sys), pages);
	sim_free(sys);
}

struct stay {
	struct shrinker shrinker;
	struct mem_system *sys;
	bool inside, leave, gone;
};

static bool is_set(const bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_ACQUIRE);
}

static u64 stays(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct stay *s = shrinker->private_data;

	(void)sc;
	__atomic_store_n(&s->inside, true, __ATOMIC_RELEASE);
	while (!is_set(&s->leave))
		sched_yield();
	assert_false(is_set(&s->gone));
	return 0;
}

static void *shrink_there(void *arg)
{
	struct stay *s = arg;

	arch_host_cpu = 1;
	shrink_slab(s->sys, GFP_KERNEL, 0, 0);
	return NULL;
}

static void *unregister_there(void *arg)
{
	struct stay *s = arg;

	arch_host_cpu = 2;
	unregister_shrinker(s->sys, &s->shrinker);
	__atomic_store_n(&s->gone, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Expect: who unregisters a shrinker waits for the CPU that is in it; nobody else comes in. */
static void unregister_waits_for_who_is_inside(void **state)
{
	struct stay s = {.shrinker = {.name = "stays",
				      .count_objects = stays,
				      .scan_objects = stays,
				      .private_data = &s}};
	pthread_t in, out;

	(void)state;
	s.sys = sim_new("64M cpus=3");
	register_shrinker(s.sys, &s.shrinker);
	assert_int_equal(pthread_create(&in, NULL, shrink_there, &s), 0);
	while (!is_set(&s.inside))
		sched_yield();
	assert_int_equal(pthread_create(&out, NULL, unregister_there, &s), 0);
	usleep(50 * 1000);
	assert_false(is_set(&s.gone));
	shrink_slab(s.sys, GFP_KERNEL, 0, 0);
	assert_int_equal(s.shrinker.nr_calls, 0); /* the one that is inside is not counted yet */
	__atomic_store_n(&s.leave, true, __ATOMIC_RELEASE);
	pthread_join(in, NULL);
	pthread_join(out, NULL);
	assert_true(s.gone);
	sim_free(s.sys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unregister_waits_for_who_is_inside),
		cmocka_unit_test(several_cpus_shrink_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

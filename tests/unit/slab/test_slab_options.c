/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* slub_debug= as Linux reads it: flags, and the caches that they are for. */
#include "mm_fixture.h"

#define ALL SLAB_DEBUG_FLAGS

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_read_as_linux_reads_them),
		cmocka_unit_test(names_choose_caches),
		cmocka_unit_test(kmalloc_alone_is_debugged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The order in which the slab allocator comes up. */
#include "slab_inner.h"

int kmem_cache_init(struct mem_system *sys)
{
	int err;

	memset(&sys->slab, 0, sizeof(sys->slab));
	list_init(&sys->slab.caches);
	spin_lock_init(&sys->slab.lock, "slab caches", LOCK_SLAB, sys->given.page_options.watch);
	spin_lock_init(&sys->slab.errors.lock, "slab errors", LOCK_DEBUG,
		       sys->given.page_options.watch);
	for_each_node(sys, node)
		sys->slab.nr_nodes = (u32)node->node_id + 1;
	err = slab_bootstrap(sys);
	if (!err)
		err = kmalloc_init(sys);
	sys->slab.ready = !err;
	if (!err)
		slab_shrinker_init(sys);
	return err;
}

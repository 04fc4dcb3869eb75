/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Caches: their making, the cache that they come from, their other names, their end. */
#include "lib.h"
#include "mm/page/page_alloc.h"
#include "slab_inner.h"

#define CACHE_LINE 64

/* ---- one cache --------------------------------------------------------------------------- */

/* Of the block of pages that holds so many bytes. */
static u32 order_of(u64 bytes)
{
	return bytes > PAGE_SIZE ? highest_bit((bytes - 1) >> PAGE_SHIFT) + 1 : 0;
}

static u32 cpus_at(const struct mem_system *sys)
{
	u64 head = sizeof(struct kmem_cache) + sys->given.nr_cpus * sizeof(struct kmem_cache_cpu *);

	return (u32)round_up(head, CACHE_LINE);
}

static u32 cache_bytes(const struct mem_system *sys)
{
	return cpus_at(sys) + (u32)(sys->given.nr_cpus * sizeof(struct kmem_cache_cpu) +
				    sys->slab.nr_nodes * sizeof(struct kmem_cache_node));
}

/* All that points into the struct. No slab is there yet. */
static void init_lists(const struct mem_system *sys, struct kmem_cache *c)
{
	struct kmem_cache_cpu *cpus = (void *)((u8 *)c + cpus_at(sys));

	c->node = (void *)(cpus + c->nr_cpus);
	for (u32 i = 0; i < c->nr_cpus; i++) {
		c->cpu[i] = &cpus[i];
		slab_cpu_init(c->cpu[i], c, i);
		prng_seed(&c->cpu[i]->random,
			  sys->given.slab_options.seed ^ virt_to_phys(sys, c->cpu[i]));
	}
	for (u32 nid = 0; nid < c->nr_nodes; nid++) {
		struct kmem_cache_node *node = &c->node[nid];

		node->holder = (struct slab_holder){c, NO_CPU};
		spin_lock_init(&node->lock, "kmem_cache", LOCK_CACHE,
			       sys->given.page_options.watch);
		list_init(&node->partial);
	}
	spin_lock_init(&c->quarantine.lock, "quarantine", LOCK_CACHE,
		       sys->given.page_options.watch);
	spin_lock_init(&c->mail_lock, "slab mail", LOCK_CACHE, sys->given.page_options.watch);
	list_init(&c->list);
	list_init(&c->aliases);
}

static gfp_t gfp_of(u32 flags)
{
	return (flags & SLAB_CACHE_DMA ? __GFP_DMA : 0) |
	       (flags & SLAB_RECLAIM_ACCOUNT ? __GFP_RECLAIMABLE : 0);
}

/* Options add flags; what a constructor made, or who looks late, must find is not poisoned. */
static u32 effective_flags(const struct mem_system *sys, const char *name, u32 flags, bool ctor)
{
	const struct slab_options *o = &sys->given.slab_options;

	flags |= slab_debug_flags_for(o, name);
	if (o->randomise)
		flags |= SLAB_RANDOMISED;
	return ctor || flags & SLAB_TYPESAFE_BY_RCU ? flags & ~SLAB_POISON : flags;
}

/* False, with *c half filled, when not even one object fits into the largest slab. */
static bool cache_fill(struct mem_system *sys, struct kmem_cache *c, const char *name, u32 size,
		       u32 align, u32 flags, void (*ctor)(void *))
{
	memset(c, 0, cache_bytes(sys));
	fmt_print(c->name, sizeof(c->name), "%s", name);
	c->flags = effective_flags(sys, name, flags, ctor != NULL);
	c->gfp = gfp_of(flags);
	c->object_size = size;
	c->align = align;
	c->ctor = ctor;
	c->nr_users = 1;
	c->nr_nodes = sys->slab.nr_nodes;
	c->nr_cpus = sys->given.nr_cpus;
	init_lists(sys, c);
	return slab_layout(c);
}

/* Space for freed objects to wait in; whole pages, for kmalloc() may not be ready. 0 or -ENOMEM. */
static int make_quarantine(struct mem_system *sys, struct kmem_cache *c)
{
	u32 size = slab_is_checked(c) ? sys->given.slab_options.quarantine : 0;
	struct page *page;

	if (!size)
		return 0;
	size = min(size, (u32)(KMEM_CACHE_MAX_SIZE / sizeof(u64)));
	page = alloc_pages(sys, GFP_KERNEL | __GFP_ZERO, order_of(size * sizeof(u64)));
	if (!page)
		return -ENOMEM;
	c->quarantine.ring = page_address(sys, page);
	c->quarantine.size = size;
	return 0;
}

static void drop_quarantine(struct mem_system *sys, struct kmem_cache *c)
{
	if (c->quarantine.size)
		__free_pages(sys, virt_to_page(sys, c->quarantine.ring),
			     order_of(c->quarantine.size * sizeof(u64)));
}

struct kmem_cache *slab_cache_new(struct mem_system *sys, const char *name, u32 size, u32 align,
				  u32 flags, void (*ctor)(void *))
{
	struct kmem_cache *c = kmem_cache_alloc(sys, sys->slab.cache_cache, GFP_KERNEL);

	if (!c)
		return NULL;
	if (!cache_fill(sys, c, name, size, align, flags, ctor) || make_quarantine(sys, c)) {
		kmem_cache_free(sys, sys->slab.cache_cache, c);
		return NULL;
	}
	spin_lock(&sys->slab.lock);
	list_add_tail(&c->list, &sys->slab.caches);
	spin_unlock(&sys->slab.lock);
	return c;
}

/* ---- aliases ----------------------------------------------------------------------------- */

#define MUST_BE_SAME (SLAB_RECLAIM_ACCOUNT | SLAB_CACHE_DMA)
#define NEVER_MERGED (SLAB_DEBUG_FLAGS | SLAB_TYPESAFE_BY_RCU)

/* May objects of c's geometry be handed out as such ones? By Linux's rules. */
static bool is_like(const struct kmem_cache *c, u32 size, u32 align, u32 flags)
{
	return !c->ctor && !(c->flags & NEVER_MERGED) && !((c->flags ^ flags) & MUST_BE_SAME) &&
	       c->size >= size && c->size - size < sizeof(void *) && c->size % align == 0;
}

/* What the caches themselves live in. */
static bool is_ours(const struct mem_system *sys, const struct kmem_cache *c)
{
	return c == sys->slab.cache_cache || c == sys->slab.alias_cache || c == sys->slab.map_cache;
}

/* One more user of a cache that will do. NULL: there is none, or no memory for the name. */
static struct kmem_cache *merge(struct mem_system *sys, const char *name,
				const struct kmem_cache *like)
{
	struct kmem_cache *c, *found = NULL;
	struct kmem_cache_alias *alias;

	if (sys->given.slab_options.nomerge || like->ctor || like->flags & NEVER_MERGED)
		return NULL;
	alias = kmem_cache_alloc(sys, sys->slab.alias_cache, GFP_KERNEL);
	if (!alias)
		return NULL;
	fmt_print(alias->name, sizeof(alias->name), "%s", name);
	alias->object_size = like->object_size;
	spin_lock(&sys->slab.lock);
	list_for_each_entry(c, &sys->slab.caches, list) {
		if (is_ours(sys, c) || !is_like(c, like->size, like->align, like->flags))
			continue;
		found = c;
		c->object_size = max(c->object_size, like->object_size);
		c->nr_users++;
		list_add_tail(&alias->list, &c->aliases);
		break;
	}
	spin_unlock(&sys->slab.lock);
	if (!found)
		kmem_cache_free(sys, sys->slab.alias_cache, alias);
	return found;
}

/* One user less, and one name. NULL: it is the last one. */
static struct kmem_cache_alias *take_alias(struct kmem_cache *c)
{
	struct kmem_cache_alias *alias;

	if (c->nr_users == 1)
		return NULL;
	c->nr_users--;
	alias = list_last_entry(&c->aliases, struct kmem_cache_alias, list);
	list_del(&alias->list);
	return alias;
}

/* ---- life -------------------------------------------------------------------------------- */

static bool is_good_name(const char *name)
{
	u32 len = 0;

	for (; name && name[len]; len++) {
		if (name[len] <= ' ' || name[len] > '~' || len + 1 == SLAB_NAME_LEN)
			return false;
	}
	return len;
}

static struct kmem_cache *create(struct mem_system *sys, const char *name, u32 size, u32 align,
				 u32 flags, void (*ctor)(void *), const void *caller)
{
	struct kmem_cache like = {
		.object_size = size, .align = align, .ctor = ctor, .nr_cpus = sys->given.nr_cpus};
	bool good = is_good_name(name) && !(flags & ~SLAB_USER_FLAGS) && size &&
		    size <= KMEM_CACHE_MAX_SIZE && (!align || is_pow2(align)) && align <= PAGE_SIZE;
	struct kmem_cache *c;

	like.flags = good ? effective_flags(sys, name, flags, ctor != NULL) : 0;
	if (!good || !slab_layout(&like)) {
		slab_error_name_of(sys, SLAB_BAD_CACHE, name ? name : "(null)", 0, caller);
		return NULL;
	}
	c = merge(sys, name, &like);
	return c ? c : slab_cache_new(sys, name, size, align, flags, ctor);
}

struct kmem_cache *kmem_cache_create(struct mem_system *sys, const char *name, u32 size, u32 align,
				     u32 flags, void (*ctor)(void *))
{
	struct kmem_cache *c =
		create(sys, name, size, align, flags, ctor, __builtin_return_address(0));

	ASSERT(c || !(flags & SLAB_PANIC), "cache %s of %u bytes cannot be made", name, size);
	return c;
}

/* Under the lock nobody finds it to merge with, and no shrinker moves its slabs. */
int kmem_cache_destroy(struct mem_system *sys, struct kmem_cache *cache)
{
	struct kmem_cache_alias *alias;
	bool busy;

	spin_lock(&sys->slab.lock);
	alias = take_alias(cache);
	busy = !alias && (cache->permanent || kmem_cache_live(sys, cache));
	if (!alias && !busy)
		list_del(&cache->list);
	spin_unlock(&sys->slab.lock);
	if (alias) {
		kmem_cache_free(sys, sys->slab.alias_cache, alias);
		return 0;
	}
	if (busy) {
		slab_error_busy(sys, cache, __builtin_return_address(0));
		return -EBUSY;
	}
	slab_cpu_drain(sys, cache, SLAB_DRAIN_UNUSED);
	kmem_cache_shrink(sys, cache);
	drop_quarantine(sys, cache);
	kmem_cache_free(sys, sys->slab.cache_cache, cache);
	return 0;
}

/* ---- the first ones ---------------------------------------------------------------------- */

/* The first cache has to hold itself: it is made in pages of its own, then moved into an object,
 * with the slab of that object, its only one. */
static void move_first(struct mem_system *sys, struct kmem_cache *c, const struct kmem_cache *early)
{
	const struct kmem_cache_cpu *from = early->cpu[arch_this_cpu()];
	struct kmem_cache_cpu *to;

	memcpy(c, early, cache_bytes(sys));
	init_lists(sys, c);
	for (u32 nid = 0; nid < c->nr_nodes; nid++)
		c->node[nid].nr_slabs = early->node[nid].nr_slabs;
	to = c->cpu[arch_this_cpu()];
	to->slab = from->slab;
	to->word = from->word;
	to->base = from->base;
	to->slab->holder = &to->holder;
}

static int make_first(struct mem_system *sys)
{
	u32 size = cache_bytes(sys), order = order_of(size);
	struct page *page = alloc_pages(sys, GFP_KERNEL, order);
	struct slab_options options = sys->given.slab_options;
	struct kmem_cache *early, *c;

	if (!page)
		return -ENOMEM;
	early = page_address(sys, page);
	sys->given.slab_options =
		(struct slab_options){0}; /* its slab is a CPU's, so it can be moved */
	cache_fill(sys, early, "kmem_cache", size, CACHE_LINE, SLAB_HWCACHE_ALIGN, NULL);
	sys->given.slab_options = options;
	c = kmem_cache_alloc(sys, early, GFP_KERNEL);
	if (c) {
		move_first(sys, c, early);
		list_add(&c->list, &sys->slab.caches);
		c->permanent = true;
		sys->slab.cache_cache = c;
	}
	__free_pages(sys, page, order);
	return c ? 0 : -ENOMEM;
}

/* Those that others need: without options, so that these need nothing. */
static int make_own_caches(struct mem_system *sys)
{
	struct slab_options options = sys->given.slab_options;

	sys->given.slab_options = (struct slab_options){0};
	sys->slab.map_cache = slab_cache_new(sys, "slab_map", sizeof(struct slab_map), CACHE_LINE,
					     SLAB_HWCACHE_ALIGN, NULL);
	sys->slab.alias_cache = slab_cache_new(sys, "kmem_cache_alias",
					       sizeof(struct kmem_cache_alias), 0, 0, NULL);
	sys->given.slab_options = options;
	if (!sys->slab.map_cache || !sys->slab.alias_cache)
		return -ENOMEM;
	sys->slab.map_cache->permanent = sys->slab.alias_cache->permanent = true;
	return 0;
}

int slab_bootstrap(struct mem_system *sys)
{
	int err = make_first(sys);

	return err ? err : make_own_caches(sys);
}

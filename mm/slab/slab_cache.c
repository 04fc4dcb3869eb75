/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Creating and destroying caches, the first caches, aliases. */
#include "lib.h"
#include "mm/page/page_alloc.h"
#include "slab_inner.h"

#define CACHE_LINE 64

/* The description of a cache to create. */
struct spec {
	const char *name;
	u32 size, align, flags;
	void (*ctor)(void *object);
	const struct slab_options *options;
};

/* ---- one cache --------------------------------------------------------------------------- */

/* The order of a block of pages with at least so many bytes. */
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

/* Initialises all that points into the struct. There are no slabs yet. */
static void init_lists(const struct mem_system *sys, struct kmem_cache *c, u64 seed)
{
	struct kmem_cache_cpu *cpus = (void *)((u8 *)c + cpus_at(sys));

	c->node = (void *)(cpus + c->nr_cpus);
	for (u32 i = 0; i < c->nr_cpus; i++) {
		c->cpu[i] = &cpus[i];
		slab_cpu_init(c->cpu[i], c, i);
		prng_seed(&c->cpu[i]->random, seed ^ virt_to_phys(sys, c->cpu[i]));
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

/* Options add flags. Caches with a constructor or SLAB_TYPESAFE_BY_RCU are not poisoned: their free
 * objects must keep their content. */
static u32 effective_flags(const struct spec *spec)
{
	u32 flags = spec->flags | slab_debug_flags_for(spec->options, spec->name);

	if (spec->options->randomise)
		flags |= SLAB_RANDOMISED;
	return spec->ctor || flags & SLAB_TYPESAFE_BY_RCU ? flags & ~SLAB_POISON : flags;
}

/* Fills *c. False: the largest slab is too small for one object; *c is not usable. */
static bool cache_fill(struct mem_system *sys, struct kmem_cache *c, const struct spec *spec)
{
	memset(c, 0, cache_bytes(sys));
	fmt_print(c->name, sizeof(c->name), "%s", spec->name);
	c->flags = effective_flags(spec);
	c->gfp = gfp_of(spec->flags);
	c->object_size = spec->size;
	c->align = spec->align;
	c->ctor = spec->ctor;
	c->nr_users = 1;
	c->nr_nodes = sys->slab.nr_nodes;
	c->nr_cpus = sys->given.nr_cpus;
	init_lists(sys, c, spec->options->seed);
	return slab_layout(c);
}

/* Allocates the quarantine, in whole pages, as kmalloc() may not be ready. 0 or -ENOMEM. */
static int make_quarantine(struct mem_system *sys, struct kmem_cache *c, u32 size)
{
	struct page *page;

	if (!size || !slab_is_checked(c))
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

/* Makes a cache. NULL: no memory, or the object is too large for a slab. */
static struct kmem_cache *cache_new(struct mem_system *sys, const struct spec *spec)
{
	struct kmem_cache *c = kmem_cache_alloc(sys, sys->slab.cache_cache, GFP_KERNEL);

	if (!c)
		return NULL;
	if (!cache_fill(sys, c, spec) || make_quarantine(sys, c, spec->options->quarantine)) {
		kmem_cache_free(sys, sys->slab.cache_cache, c);
		return NULL;
	}
	spin_lock(&sys->slab.lock);
	list_add_tail(&c->list, &sys->slab.caches);
	spin_unlock(&sys->slab.lock);
	return c;
}

struct kmem_cache *slab_cache_new(struct mem_system *sys, const char *name, u32 size, u32 align,
				  u32 flags)
{
	struct spec spec = {name, size, align, flags, .options = &sys->given.slab_options};

	return cache_new(sys, &spec);
}

/* ---- aliases ----------------------------------------------------------------------------- */

#define MUST_BE_SAME (SLAB_RECLAIM_ACCOUNT | SLAB_CACHE_DMA)
#define NEVER_MERGED (SLAB_DEBUG_FLAGS | SLAB_TYPESAFE_BY_RCU)

/* Can objects of cache c be used for this size, alignment and flags? By Linux's rules. */
static bool is_like(const struct kmem_cache *c, u32 size, u32 align, u32 flags)
{
	return !c->ctor && !(c->flags & NEVER_MERGED) && !((c->flags ^ flags) & MUST_BE_SAME) &&
	       c->size >= size && c->size - size < sizeof(void *) && c->size % align == 0;
}

/* Is it one of the caches for caches themselves? */
static bool is_ours(const struct mem_system *sys, const struct kmem_cache *c)
{
	return c == sys->slab.cache_cache || c == sys->slab.alias_cache || c == sys->slab.map_cache;
}

/* Adds an alias to a similar cache. NULL: there is none, or no memory for the alias. */
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

/* Removes one user and one alias. NULL: this is the last user. */
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

/* ---- creating and destroying ------------------------------------------------------------- */

static bool is_good_name(const char *name)
{
	u32 len = 0;

	for (; name && name[len]; len++) {
		if (name[len] <= ' ' || name[len] > '~' || len + 1 == SLAB_NAME_LEN)
			return false;
	}
	return len;
}

static bool is_good(const struct spec *spec)
{
	return is_good_name(spec->name) && !(spec->flags & ~SLAB_USER_FLAGS) && spec->size &&
	       spec->size <= KMEM_CACHE_MAX_SIZE && (!spec->align || is_pow2(spec->align)) &&
	       spec->align <= PAGE_SIZE;
}

static struct kmem_cache *create(struct mem_system *sys, const struct spec *spec,
				 const void *caller)
{
	struct kmem_cache *c, like = {.object_size = spec->size,
				      .align = spec->align,
				      .ctor = spec->ctor,
				      .nr_cpus = sys->given.nr_cpus};
	bool good = is_good(spec);

	like.flags = good ? effective_flags(spec) : 0;
	if (!good || !slab_layout(&like)) {
		slab_error_name_of(sys, SLAB_BAD_CACHE, spec->name ? spec->name : "(null)", 0,
				   caller);
		return NULL;
	}
	c = merge(sys, spec->name, &like);
	return c ? c : cache_new(sys, spec);
}

struct kmem_cache *kmem_cache_create(struct mem_system *sys, const char *name, u32 size, u32 align,
				     u32 flags, void (*ctor)(void *))
{
	struct spec spec = {name, size, align, flags, ctor, &sys->given.slab_options};
	struct kmem_cache *c = create(sys, &spec, __builtin_return_address(0));

	ASSERT(c || !(flags & SLAB_PANIC), "cache %s of %u bytes cannot be made", name, size);
	return c;
}

/* While the lock is held, no other cache can merge with it, and no shrinker moves its slabs. */
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

static const struct slab_options no_options;

/* The first cache is an object of itself: it is made in separate pages, then moved into its first
 * object, together with the slab of that object, its only one. */
static void move_first(struct mem_system *sys, struct kmem_cache *c, const struct kmem_cache *early)
{
	const struct kmem_cache_cpu *from = early->cpu[arch_this_cpu()];
	struct kmem_cache_cpu *to;

	memcpy(c, early, cache_bytes(sys));
	init_lists(sys, c, 0);
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
	struct spec spec = {"kmem_cache", cache_bytes(sys), CACHE_LINE, SLAB_HWCACHE_ALIGN,
			    .options = &no_options};
	u32 order = order_of(spec.size);
	struct page *page = alloc_pages(sys, GFP_KERNEL, order);
	struct kmem_cache *early, *c;

	if (!page)
		return -ENOMEM;
	early = page_address(sys, page);
	cache_fill(sys, early, &spec); /* without options: its slab is a CPU's and can be moved */
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

/* Makes the caches that other caches need: without options, so that they need no others. */
static int make_own_caches(struct mem_system *sys)
{
	struct spec map = {"slab_map", sizeof(struct slab_map), CACHE_LINE, SLAB_HWCACHE_ALIGN,
			   .options = &no_options};
	struct spec alias = {"kmem_cache_alias", sizeof(struct kmem_cache_alias),
			     .options = &no_options};

	sys->slab.map_cache = cache_new(sys, &map);
	sys->slab.alias_cache = cache_new(sys, &alias);
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

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Objects from and to this CPU's own slabs: the fast paths of every cache. */
#include "mm/page_alloc.h"
#include "slab_inner.h"

#define NO_SLAB (~0ULL >> 1) /* no object is so little behind it */

/* Nothing is free in it: what a CPU without a slab allocates from. */
static const struct page nothing = {.owner = NO_CPU};

void slab_cpu_init(struct kmem_cache_cpu *c, u32 sheaf)
{
	*c = (struct kmem_cache_cpu){.slab = (struct page *)&nothing, .last_slab = NO_SLAB};
	c->alloc.top = c->alloc.base = c->slots + 1;
	c->free.top = c->free.base = c->slots + SHEAF_MAX + 2;
	c->free_end = c->free.base + sheaf;
	list_init(&c->partial);
	list_init(&c->full);
}

const struct page *slab_cpu_slab(const struct kmem_cache_cpu *c)
{
	return c->slab == &nothing ? NULL : c->slab;
}

static void forget_last(struct kmem_cache_cpu *c, const struct page *page)
{
	if (c->last_page == page)
		c->last_slab = NO_SLAB;
}

/* ---- own slabs ----------------------------------------------------------------------------------
 */

static void disown(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		   struct page *page)
{
	forget_last(c, page);
	node_put_slab(sys, cache, page);
}

/* The slab that was allocated from goes to the CPU's lists. */
static void retire(struct kmem_cache_cpu *c)
{
	struct page *page = c->slab;

	if (page == &nothing)
		return;
	page->inuse--;
	list_add(&page->slab_list, page->freelist ? &c->partial : &c->full);
	c->nr_partial += page->freelist != NULL;
	c->slab = (struct page *)&nothing;
}

static void use_slab(struct kmem_cache_cpu *c, u32 cpu, struct page *page)
{
	page->owner = (u16)cpu; /* a new one: nobody knew it before */
	page->inuse++;
	c->slab = page;
}

/* The object is of a slab of this CPU's. */
static void free_own(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		     struct page *page, void *object)
{
	bool was_full = !page->freelist;

	slab_push(cache, page, object);
	if (page == c->slab)
		return;
	if (was_full) {
		list_del(&page->slab_list);
		list_add(&page->slab_list, &c->partial);
		c->nr_partial++;
	}
	if (page->inuse || c->nr_partial <= 1)
		return;
	list_del(&page->slab_list);
	c->nr_partial--;
	disown(sys, cache, c, page);
}

/* ---- other CPUs' slabs --------------------------------------------------------------------------
 */

static void post(struct kmem_cache *cache, struct kmem_cache_cpu *c)
{
	void **mailbox = &cache->cpu[c->out_owner].mailbox;
	void *old = __atomic_load_n(mailbox, __ATOMIC_RELAXED);

	if (!c->nr_out)
		return;
	do {
		*slab_free_pointer(cache, c->out_last) = old;
	} while (!__atomic_compare_exchange_n(mailbox, &old, c->out_first, false, __ATOMIC_RELEASE,
					      __ATOMIC_RELAXED));
	c->nr_out = 0;
}

static void free_other(struct kmem_cache *cache, struct kmem_cache_cpu *c, u16 owner, void *object)
{
	if (c->nr_out && (c->out_owner != owner || c->nr_out == SLAB_MAX_OUT))
		post(cache, c);
	if (c->nr_out)
		*slab_free_pointer(cache, object) = c->out_first;
	else
		c->out_last = object;
	c->out_first = object;
	c->out_owner = owner;
	c->nr_out++;
}

static void free_to_owner(struct mem_system *sys, struct kmem_cache *cache,
			  struct kmem_cache_cpu *c, u32 cpu, struct page *page, void *object)
{
	u16 owner = __atomic_load_n(&page->owner, __ATOMIC_RELAXED);

	if (owner == NO_CPU && node_put(sys, cache, page, object))
		return;
	owner = __atomic_load_n(&page->owner, __ATOMIC_RELAXED); /* somebody may have taken it */
	if (owner == cpu)
		free_own(sys, cache, c, page, object);
	else
		free_other(cache, c, owner, object);
}

/* What others have freed. Slabs may have left the CPU since. */
static void sort_mail(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		      u32 cpu)
{
	void *object, *next;

	if (!__atomic_load_n(&c->mailbox, __ATOMIC_RELAXED))
		return;
	object = __atomic_exchange_n(&c->mailbox, NULL, __ATOMIC_ACQUIRE);
	for (; object; object = next) {
		next = *slab_free_pointer(cache, object);
		free_to_owner(sys, cache, c, cpu, slab_of(sys, cache, object), object);
	}
}

/* ---- taking -------------------------------------------------------------------------------------
 */

/* A slab with free objects to allocate from: the CPU's own, its node's, any node's, a new one. */
static bool next_slab(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		      u32 cpu, gfp_t gfp)
{
	u32 home = (u32)sys->page_cpu[cpu]->nid;
	struct page *page = NULL;

	retire(c);
	sort_mail(sys, cache, c, cpu);
	if (!list_empty(&c->partial)) {
		page = list_first_entry(&c->partial, struct page, slab_list);
		list_del(&page->slab_list);
		c->nr_partial--;
	}
	if (!page)
		page = node_take_slab(cache, home, cpu);
	for (u32 nid = 0; !page && nid < cache->nr_nodes; nid++)
		page = nid == home ? NULL : node_take_slab(cache, nid, cpu);
	if (!page)
		page = slab_new(sys, cache, gfp, NUMA_NO_NODE);
	if (page)
		use_slab(c, cpu, page);
	return page;
}

/* From a node's slabs, or new ones there, as far as gfp insists. */
static void *take_on_node(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid)
{
	u32 home = nid == NUMA_NO_NODE ? (u32)sys->page_cpu[arch_this_cpu()]->nid : (u32)nid;
	void *object = node_take(sys, cache, home);
	struct page *page;

	for (u32 n = 0; !object && nid == NUMA_NO_NODE && n < cache->nr_nodes; n++)
		object = node_take(sys, cache, n);
	if (object)
		return object;
	page = slab_new(sys, cache, gfp, nid);
	if (page) {
		object = slab_pop(sys, cache, page);
		node_put_slab(sys, cache, page);
		return object;
	}
	for (u32 n = 0; !object && !(gfp & __GFP_THISNODE) && n < cache->nr_nodes; n++)
		object = node_take(sys, cache, n);
	return object;
}

static void swap_sheaves(struct kmem_cache_cpu *c)
{
	struct sheaf alloc = c->alloc;
	u64 size = (u64)(c->free_end - c->free.base);

	c->alloc = c->free;
	c->free = alloc;
	c->free_end = alloc.base + size;
}

static __noinline void *alloc_slow(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp,
				   int nid)
{
	u32 cpu = arch_this_cpu();
	struct kmem_cache_cpu *c = &cache->cpu[cpu];
	bool checked = slab_is_checked(cache), on_node = nid != NUMA_NO_NODE || checked;
	void *object = NULL;

	ASSERT(!cache->ctor || !(gfp & __GFP_ZERO), "%s has a constructor", cache->name);
	if (!on_node && c->alloc.top == c->alloc.base && !c->slab->freelist)
		swap_sheaves(c); /* before another slab is begun */
	if (on_node)
		object = take_on_node(sys, cache, gfp, nid);
	else if (c->alloc.top != c->alloc.base)
		object = *--c->alloc.top;
	else if (c->slab->freelist || next_slab(sys, cache, c, cpu, gfp))
		object = slab_pop(sys, cache, c->slab);
	if (object && !checked)
		*slab_mark(cache, object) = 0;
	return object && gfp & __GFP_ZERO ? memset(object, 0, cache->object_size) : object;
}

static inline void *alloc_fast(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp)
{
	struct kmem_cache_cpu *c = &cache->cpu[arch_this_cpu()];
	void **top = c->alloc.top, *object;
	struct page *page;

	if (unlikely(gfp & __GFP_ZERO))
		return alloc_slow(sys, cache, gfp, NUMA_NO_NODE);
	if (top != c->alloc.base) {
		c->alloc.top = top - 1;
		object = top[-1];
	} else {
		page = c->slab;
		object = page->freelist;
		if (unlikely(!object || !slab_leads_on(sys, cache, object)))
			return alloc_slow(sys, cache, gfp, NUMA_NO_NODE);
		page->freelist = *slab_free_pointer(cache, object);
		page->inuse++;
	}
	*slab_mark(cache, object) = 0;
	return object;
}

void *kmem_cache_alloc(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp)
{
	return alloc_fast(sys, cache, gfp);
}

void *kmem_cache_alloc_node(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid)
{
	ASSERT(nid == NUMA_NO_NODE || (nid >= 0 && (u32)nid < sys->slab.nr_nodes), "node %d", nid);
	if (nid == NUMA_NO_NODE)
		return alloc_fast(sys, cache, gfp);
	return alloc_slow(sys, cache, gfp, nid);
}

/* ---- giving -------------------------------------------------------------------------------------
 */

/* It bears the mark: it is free, or whoever had it wrote just that. */
static bool is_free(const struct mem_system *sys, const struct page *page, const void *object)
{
	return slab_on_free_list(sys, page, object) != NOT_ON_LIST ||
	       slab_is_in_mail(page->slab_cache, object);
}

static __noinline void free_slow(struct mem_system *sys, struct kmem_cache *cache, void *object)
{
	u32 cpu = arch_this_cpu();
	struct kmem_cache_cpu *c = &cache->cpu[cpu];
	struct page *page = slab_of(sys, cache, object);
	bool checked = slab_is_checked(cache);

	if (!object)
		return;
	if (!page || (!checked && *slab_mark(cache, object) == SLAB_FREE_MARK &&
		      is_free(sys, page, object))) {
		slab_count_bad_free(sys);
		return;
	}
	if (!checked)
		*slab_mark(cache, object) = SLAB_FREE_MARK;
	if (c->free.top == c->free_end && c->alloc.top == c->alloc.base)
		swap_sheaves(c);
	if (c->free.top != c->free_end && page->owner == cpu)
		*c->free.top++ = object;
	else
		free_to_owner(sys, cache, c, cpu, page, object);
	if (page->slab_cache == cache && page->owner == cpu) {
		c->last_slab = (u64)(uintptr_t)page_address(sys, page);
		c->last_page = page;
	}
}

static inline void free_fast(struct mem_system *sys, struct kmem_cache *cache, void *object)
{
	u32 cpu = arch_this_cpu();
	struct kmem_cache_cpu *c = &cache->cpu[cpu];
	struct page *page = c->last_page;
	void **top = c->free.top, *next;

	/* Most are of the slab that the last one was of. */
	if (!is_object_offset(cache, (u64)(uintptr_t)object - c->last_slab)) {
		page = slab_of(sys, cache, object);
		if (unlikely(!page || page->owner != cpu))
			goto slow;
	}
	if (unlikely(*slab_mark(cache, object) == SLAB_FREE_MARK))
		goto slow;
	if (top != c->free_end) {
		*slab_mark(cache, object) = SLAB_FREE_MARK;
		*top = object;
		c->free.top = top + 1;
		return;
	}
	next = page->freelist;
	if (unlikely(c->alloc.top == c->alloc.base || !next || page->inuse == 1))
		goto slow;
	*slab_mark(cache, object) = SLAB_FREE_MARK;
	*slab_free_pointer(cache, object) = next;
	page->freelist = object;
	page->inuse--;
	return;
slow:
	free_slow(sys, cache, object);
}

void kmem_cache_free(struct mem_system *sys, struct kmem_cache *cache, void *object)
{
	free_fast(sys, cache, object);
}

/* ---- many ---------------------------------------------------------------------------------------
 */

u32 kmem_cache_alloc_bulk(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, u32 nr,
			  void **objects)
{
	u32 got = 0;

	while (got < nr && (objects[got] = alloc_fast(sys, cache, gfp)))
		got++;
	if (got == nr)
		return nr;
	kmem_cache_free_bulk(sys, cache, got, objects);
	return 0;
}

void kmem_cache_free_bulk(struct mem_system *sys, struct kmem_cache *cache, u32 nr, void **objects)
{
	for (u32 i = 0; i < nr; i++)
		free_fast(sys, cache, objects[i]);
}

/* ---- giving all up ------------------------------------------------------------------------------
 */

static void disown_all(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		       struct list_head *list)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, list, slab_list) {
		list_del(&page->slab_list);
		disown(sys, cache, c, page);
	}
}

static void empty(struct mem_system *sys, struct kmem_cache *cache, u32 cpu, struct sheaf *s)
{
	while (s->top > s->base) {
		void *object = *--s->top;

		free_to_owner(sys, cache, &cache->cpu[cpu], cpu, slab_of(sys, cache, object),
			      object);
	}
}

static void drain_cpu(struct mem_system *sys, struct kmem_cache *cache, u32 cpu)
{
	struct kmem_cache_cpu *c = &cache->cpu[cpu];

	retire(c);
	sort_mail(sys, cache, c, cpu);
	disown_all(sys, cache, c, &c->partial);
	disown_all(sys, cache, c, &c->full);
	c->nr_partial = 0;
}

static void each_idle_cpu(struct mem_system *sys, struct kmem_cache *cache,
			  void (*fn)(struct mem_system *, struct kmem_cache *, u32 cpu))
{
	u32 own = arch_this_cpu();

	for (u32 i = 0; i < cache->nr_cpus; i++) {
		bool *running = &sys->page_cpu[i]->running;

		if (i == own) {
			fn(sys, cache, i);
		} else if (!__atomic_exchange_n(running, true, __ATOMIC_ACQUIRE)) {
			fn(sys, cache, i);
			__atomic_store_n(running, false, __ATOMIC_RELEASE);
		}
	}
}

static void post_cpu(struct mem_system *sys, struct kmem_cache *cache, u32 cpu)
{
	empty(sys, cache, cpu, &cache->cpu[cpu].alloc);
	empty(sys, cache, cpu, &cache->cpu[cpu].free);
	post(cache, &cache->cpu[cpu]);
}

void kmem_cache_drain(struct mem_system *sys, struct kmem_cache *cache)
{
	each_idle_cpu(sys, cache, post_cpu);
	each_idle_cpu(sys, cache, drain_cpu);
}

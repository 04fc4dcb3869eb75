/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * SLUB: caches of equal objects, and kmalloc on top. A slab is a compound page; free objects link
 * through themselves; struct page holds the slab's state (page.h). Slabs with a free object are on
 * their node's partial list, the others on its full list. A slab that becomes empty goes back to
 * the page allocator if the node has min_partial partial ones (itself counted, if it was one).
 *
 * In front of a CPU's slabs lie two small stacks of objects (Linux calls such sheaves): one that it
 * takes from and one that it gives to, so that neither waits for what the other has just written;
 * an empty one and a full one change places. They catch what is freed and soon needed again. Longer
 * runs pass them by: nothing is ever moved between them and slabs in bulk.
 *
 * Slabs belong to a CPU or to their node. A CPU takes from its own slabs and gives back to them
 * without a lock; one of them is the slab that it allocates from. What another CPU frees goes to
 * the owner's mailbox, many at a time, and the owner sorts it when it runs out. Slabs that a CPU
 * has too many of go to the node's lists, under its lock, where any CPU finds them.
 *
 * Every free is checked: the object must be one of the cache's, at its beginning, and not free
 * already. A free object bears a mark, which alloc takes off; who frees one that bears it is looked
 * at closely. Caches with debugging flags, and those whose free objects have no room for a mark (of
 * 8 bytes, or constructed ones) have no CPUs' slabs: each free takes the node's lock and looks for
 * the object on the free list.
 *
 * Invariants (slab_check proves them): free and handed-out objects of a slab add up; a free list
 * stays in its slab and ends; a slab is on the list that its free list says, of its owner, and of
 * the node that its pages are on; the counts are the sums; what lies in a sheaf is an object. Slabs
 * count that as in use.
 */
#ifndef MM_SLAB_H
#define MM_SLAB_H

#include "mm/gfp.h"
#include "mm/page.h"
#include "spinlock.h"

struct mem_system;

#define SLAB_HWCACHE_ALIGN   0x2000u
#define SLAB_POISON	     0x800u /* fill free objects, check on allocation; not with a ctor */
#define SLAB_RECLAIM_ACCOUNT 0x20000u
#define SLAB_NAME_LEN	     32

struct kmem_cache_node {
	struct spinlock lock; /* slabs that belong to no CPU; two nodes' never together */
	struct list_head partial, full;
	u64 nr_partial;
};

#define NO_CPU 0xffff

/* Objects for other CPUs' mailboxes, chained: so many at most. */
#define SLAB_MAX_OUT 32

/* A stack of objects. Before its first slot lies one that is never used. */
struct sheaf {
	void **top, **base;
};
#define SHEAF_MAX 32

/* What belongs to one CPU. Other CPUs write its last line only. */
struct kmem_cache_cpu {
	struct sheaf alloc, free; /* to take from and to give to */
	void **free_end;
	struct page *slab; /* allocated from; counts one object more in use, so it is never empty */
	u64 last_slab;	   /* address of the slab that was freed to last, */
	struct page *last_page; /* and its page */

	struct list_head partial, full;
	u32 nr_partial, nr_out; /* objects freed for the mailbox of out_owner, chained */
	void *out_first, *out_last;
	u64 out_owner;

	void *slots[2 * (SHEAF_MAX + 1)];
	u64 unused[6];
	void *mailbox; /* chained objects */
	u64 unused_too[7];
};
_Static_assert(sizeof(struct kmem_cache_cpu) % 64 == 0, "CPUs share no line");

struct kmem_cache {
	char name[SLAB_NAME_LEN];
	u32 flags;
	u32 object_size; /* as asked for */
	u32 size;	 /* with alignment: distance of two objects */
	u32 align;
	u32 offset;	 /* of the free pointer in a free object, */
	u32 mark;	 /* and of a word that says that it is free */
	u32 objects;	 /* per slab */
	u32 order;	 /* pages per slab: 2^order */
	u32 min_partial; /* per node: as Linux, half of log2(size), 5 to 10 */
	u32 last_offset; /* of the last object in a slab */
	u64 slab_mask;	 /* bytes of a slab - 1 */
	u64 fraction;	 /* 2^64 / size, rounded up: offset * fraction < fraction for multiples */
	void (*ctor)(void *object);
	struct list_head list; /* sys->slab.caches */
	u32 nr_nodes, nr_cpus;
	struct kmem_cache_node *node; /* [nr_nodes], behind the CPUs */
	struct kmem_cache_cpu cpu[];  /* [nr_cpus] */
};

#define KMALLOC_MIN_SIZE       8
#define KMALLOC_MAX_CACHE_SIZE 8192 /* larger ones are pages */
#define KMALLOC_MAX_SIZE       (PAGE_SIZE << MAX_PAGE_ORDER)
#define NR_KMALLOC_CACHES      13 /* 8 16 32 64 96 128 192 256 512 1k 2k 4k 8k */

struct slab_system {
	struct spinlock lock; /* caches */
	struct list_head caches;
	u32 nr_nodes;
	bool ready;
	u64 bad_frees;	/* refused: no slab, wrong cache, middle of an object, already free */
	u64 bad_poison; /* SLAB_POISON: objects that were written to while they were free */
	u64 large_pages[MAX_NUMNODES];	/* pages of large kmallocs */
	struct kmem_cache *cache_cache; /* the cache that caches come from */
	struct kmem_cache *kmalloc[NR_KMALLOC_CACHES];
};

/* Needs a working page allocator. 0 or -ENOMEM. */
int kmem_cache_init(struct mem_system *sys);

/*
 * A cache of objects of `size` bytes (1 to KMALLOC_MAX_SIZE) at multiples of `align` (a power of
 * two up to PAGE_SIZE, or 0: 8 bytes). ctor, if any, runs once per object when its slab is made;
 * who frees an object leaves it as constructed. NULL: bad arguments, an object that with alignment
 * and free pointer does not fit into the largest block of pages, or no memory.
 */
struct kmem_cache *kmem_cache_create(struct mem_system *sys, const char *name, u32 size, u32 align,
				     u32 flags, void (*ctor)(void *));
/* -EBUSY (nothing changed) while objects are live. */
int kmem_cache_destroy(struct mem_system *sys, struct kmem_cache *cache);
/*
 * An object from any node, or from nid, or the nearest that has memory (__GFP_THISNODE: only from
 * nid). NULL: no memory. Zone flags have no effect: objects come from NORMAL and below.
 */
void *kmem_cache_alloc(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp);
void *kmem_cache_alloc_node(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, int nid);
/* NULL is allowed. What is no object of the cache, or free already, is refused and counted. */
void kmem_cache_free(struct mem_system *sys, struct kmem_cache *cache, void *object);
/* nr objects, or none: returns nr or 0. */
u32 kmem_cache_alloc_bulk(struct mem_system *sys, struct kmem_cache *cache, gfp_t gfp, u32 nr,
			  void **objects);
void kmem_cache_free_bulk(struct mem_system *sys, struct kmem_cache *cache, u32 nr, void **objects);
/* What lies in CPUs' arrays goes back to the slabs: this CPU's, and those of CPUs outside our
 * world.
 */
void kmem_cache_drain(struct mem_system *sys, struct kmem_cache *cache);
/* The same, then gives empty slabs back to the page allocator; returns how many. */
u64 kmem_cache_shrink(struct mem_system *sys, struct kmem_cache *cache);
/* Objects handed out. Looks at every slab. */
u64 kmem_cache_live(const struct kmem_cache *cache);
/* Slabs with pages of the node; NUMA_NO_NODE: all. */
u64 kmem_cache_node_slabs(const struct kmem_cache *cache, int nid);

/*
 * size 0 gives ZERO_SIZE_PTR, which may be freed. NULL: too large or no memory. Powers of two are
 * aligned to themselves, up to a page. With __GFP_DMA or __GFP_DMA32 it is whole pages whatever the
 * size, for objects have no zone.
 */
#define ZERO_SIZE_PTR ((void *)16)
void *kmalloc(struct mem_system *sys, size_t size, gfp_t gfp);
void *kzalloc(struct mem_system *sys, size_t size, gfp_t gfp);
/*
 * As Linux: NULL p allocates, size 0 frees and gives ZERO_SIZE_PTR; on NULL p is untouched. Never
 * moves what still fits. __GFP_ZERO clears only what lies behind the old ksize(). A p that is not
 * kmalloc's is refused and counted: NULL.
 */
void *krealloc(struct mem_system *sys, void *p, size_t size, gfp_t gfp);
/* Frees what kmalloc, or any cache, gave. Everything else is refused and counted. */
void kfree(struct mem_system *sys, void *p);
/* Bytes that may be used, at least what was asked for; 0 for NULL, ZERO_SIZE_PTR and what is not
 * kmalloc's. */
size_t ksize(struct mem_system *sys, const void *p);

/* Counts for slabinfo. */
struct slab_stat {
	u64 active_objs, num_objs, active_slabs, num_slabs;
};
void kmem_cache_stat(const struct kmem_cache *cache, struct slab_stat *ret);

/* An object, free or not, of a slab: what lies at a physical address. */
struct slab_object {
	const struct kmem_cache *cache;
	phys_addr_t slab;  /* its first byte */
	u32 index, offset; /* of the object; of the address in it */
	bool waste;	   /* behind the last object: index and free say nothing */
	bool free;	   /* not handed out */
	bool in_mailbox;   /* free, on its way to the CPU that has its slab */
};
/* False: no slab is there. Any address may be asked about. */
bool slab_object_of(const struct mem_system *sys, phys_addr_t pa, struct slab_object *ret);
/* Is it in whole pages that a large kmalloc() gave? The block's first byte and its size. */
bool kmalloc_pages_of(const struct mem_system *sys, phys_addr_t pa, phys_addr_t *ret_start,
		      u64 *ret_size);

/* NULL when every slab of every cache is consistent; else what is wrong, *ret_cache where. */
const char *slab_check(struct mem_system *sys, const struct kmem_cache **ret_cache);

#endif

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The structs of a cache of objects: its geometry, its CPUs' slabs, its nodes' slabs. */
#ifndef MM_SLAB_SLAB_STRUCT_H
#define MM_SLAB_SLAB_STRUCT_H

#include "arch/percpu.h"
#include "lib.h"
#include "mm/page/gfp.h"
#include "mm/page/page.h"
#include "mm/slab/slab_debug.h"
#include "spinlock.h"

struct kmem_cache;

#define NO_CPU 0xffff

/* The owner of a slab: a CPU or a node. */
struct slab_holder {
	struct kmem_cache *cache;
	u32 cpu; /* NO_CPU: it is a node */
};

/* The bits of a slab with more than 64 objects. */
#define SLAB_MAX_WORDS 8 /* objects have at least 8 bytes */
struct slab_map {
	u64 free[SLAB_MAX_WORDS], mailed[SLAB_MAX_WORDS];
};

struct kmem_cache_node {
	struct slab_holder holder;
	struct spinlock lock;	  /* for slabs of no CPU; one such lock at a time */
	struct list_head partial; /* slabs with a free object */
	u64 nr_partial;
	u64 nr_slabs; /* with pages of the node, of any owner */
};

/* The data of one CPU. While it runs, other CPUs write only its last cache line, and clear hand_for
 * when they free that object. */
struct kmem_cache_cpu {
	struct slab_holder holder; /* must be first: a pointer to it is one to the CPU */
	/* The hand: hand is a freed object, the next to be allocated, or 0. hand_for is the object,
	 * of a slab of this CPU, that may be freed to the hand at once, or 0. */
	u64 hand_for, hand;
	u64 *word;		  /* bits of the next objects to allocate */
	u64 base;		  /* address of the object of bit 0 in *word */
	struct page *slab;	  /* the slab to allocate from; NULL: none */
	u32 nr_partial, nr_empty; /* slabs in `partial`, and how many of them are empty */

	struct list_head partial;
	struct prng random; /* for a random order of objects */
	u64 unused[5];

	struct page *mailbox; /* slabs with objects that other CPUs have freed */
	u64 unused_too[7];
};
_Static_assert(sizeof(struct kmem_cache_cpu) == 192, "CPUs share no line");

/* Freed objects that wait before they may be allocated; the oldest is at `next`. */
struct slab_quarantine {
	struct spinlock lock;
	u64 *ring; /* 0: no object */
	u32 size, next;
};

struct kmem_cache {
	/* For the fast paths; mm/slab/slab_inner.h explains the arithmetic. */
	u64 slab_mask;	      /* bytes of a slab - 1 */
	u64 fraction;	      /* 2^64 / size, rounded up */
	u64 index_limit;      /* at an object's start the lower half of offset * fraction is less */
	u64 index_limit_fast; /* the same; 0, so that nothing is less, if slabs have a slab_map */
	u64 all_free;	      /* bits of all objects of a slab; 0: slabs have a slab_map */
	u32 size;	      /* distance between two objects */

	u32 flags;
	u32 object_size; /* the requested size; with aliases the largest */
	u32 align;
	u32 red_left;	 /* bytes of the red zone before each object */
	u32 red_end;	 /* offset of the end of the red zone after it */
	u32 track;	 /* offset of its debugging words; 0: none */
	u32 objects;	 /* per slab */
	u32 order;	 /* pages per slab: 2^order */
	u32 min_partial; /* per node: as in Linux, half of log2(size), 5 to 10 */
	u32 max_empty;	 /* the most empty slabs that a CPU keeps */
	gfp_t gfp;	 /* flags for its pages */
	void (*ctor)(void *object);
	struct list_head list;	  /* sys->slab.caches */
	struct list_head aliases; /* struct kmem_cache_alias */
	u32 nr_users;		  /* 1 + number of aliases */
	bool permanent;		  /* of kmalloc, or for caches themselves */
	u32 nr_nodes, nr_cpus;
	struct spinlock mail_lock; /* for mailed bits in slab_maps, which have several words */
	struct slab_quarantine quarantine;
	char name[SLAB_NAME_LEN];
	struct kmem_cache_node *node; /* [nr_nodes], in memory after those of CPUs */
	struct kmem_cache_cpu *cpu[]; /* [nr_cpus], in memory after this array */
};

/* Another name of a cache. */
struct kmem_cache_alias {
	struct list_head list;
	char name[SLAB_NAME_LEN];
	u32 object_size;
};

#define NR_KMALLOC_SIZES 13 /* 8 16 32 64 96 128 192 256 512 1k 2k 4k 8k */
enum kmalloc_type { KMALLOC_NORMAL, KMALLOC_RECLAIM, KMALLOC_DMA, NR_KMALLOC_TYPES };

struct slab_system {
	struct spinlock lock; /* for the list of caches */
	struct list_head caches;
	u32 nr_nodes;
	bool ready;
	struct slab_errors errors;
	u64 large_pages[MAX_NUMNODES];	/* pages of large kmallocs */
	struct kmem_cache *cache_cache; /* the cache of struct kmem_cache */
	struct kmem_cache *alias_cache; /* of struct kmem_cache_alias */
	struct kmem_cache *map_cache;	/* of struct slab_map */
	struct kmem_cache *kmalloc[NR_KMALLOC_TYPES][NR_KMALLOC_SIZES];
};

#endif

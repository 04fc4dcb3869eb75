/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a cache of objects is made of: its geometry, its CPUs' slabs, its nodes' slabs. */
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

/* Who has a slab: a CPU or a node. */
struct slab_holder {
	struct kmem_cache *cache;
	u32 cpu; /* NO_CPU: it is a node */
};

/* Bits of the objects of a slab that has more than 64. */
#define SLAB_MAX_WORDS 8 /* objects have 8 bytes at least */
struct slab_map {
	u64 free[SLAB_MAX_WORDS], mailed[SLAB_MAX_WORDS];
};

struct kmem_cache_node {
	struct slab_holder holder;
	struct spinlock lock;	  /* slabs that belong to no CPU; two nodes' never together */
	struct list_head partial; /* with a free object */
	u64 nr_partial;
	u64 nr_slabs; /* with pages of the node, whosever they are */
};

/* What belongs to one CPU. While it runs others write its last line only, and take an object that
 * they free off hand_for. */
struct kmem_cache_cpu {
	struct slab_holder holder; /* first: where it points to, the CPU is */
	/* The object that the hand is for, of a slab of this CPU, or 0; and the same while it is
	 * there: freed, and the next to be taken. */
	u64 hand_for, hand;
	u64 *word;		  /* bits of free objects that are taken next */
	u64 base;		  /* address of the object of bit 0 there */
	struct page *slab;	  /* which they are of; NULL: none */
	u32 nr_partial, nr_empty; /* of `partial` */

	struct list_head partial;
	struct prng random; /* of orders */
	u64 unused[5];

	struct page *mailbox; /* slabs with objects that others have freed */
	u64 unused_too[7];
};
_Static_assert(sizeof(struct kmem_cache_cpu) == 192, "CPUs share no line");

/* Objects that wait before they are free: the oldest is at `next`. */
struct slab_quarantine {
	struct spinlock lock;
	u64 *ring; /* 0: nobody */
	u32 size, next;
};

struct kmem_cache {
	/* What the fast paths read: mm/slab/slab_inner.h has the arithmetic. */
	u64 slab_mask;	      /* bytes of a slab - 1 */
	u64 fraction;	      /* 2^64 / size, rounded up */
	u64 index_limit;      /* the lower half of offset * fraction is less at an object's start */
	u64 index_limit_fast; /* the same; 0, so that nothing is less, where there is a slab_map */
	u64 all_free;	      /* bits of all objects of a slab; 0: they need a slab_map */
	u32 size;	      /* distance of two objects */

	u32 flags;
	u32 object_size; /* as asked for; of aliases the largest */
	u32 align;
	u32 red_left;	 /* bytes before an object that belong to it: the first begins there */
	u32 red_end;	 /* where the red zone behind it ends */
	u32 track;	 /* offset of its debugging words behind it; 0: none */
	u32 objects;	 /* per slab */
	u32 order;	 /* pages per slab: 2^order */
	u32 min_partial; /* per node: as Linux, half of log2(size), 5 to 10 */
	u32 max_empty;	 /* empty slabs that a CPU keeps */
	gfp_t gfp;	 /* that its pages are asked with */
	void (*ctor)(void *object);
	struct list_head list;	  /* sys->slab.caches */
	struct list_head aliases; /* struct kmem_cache_alias */
	u32 nr_users;		  /* 1 and its aliases */
	bool permanent;		  /* kmalloc's, and what caches live in */
	u32 nr_nodes, nr_cpus;
	struct spinlock mail_lock; /* mailed bits in maps, which are several words */
	struct slab_quarantine quarantine;
	char name[SLAB_NAME_LEN];
	struct kmem_cache_node *node; /* [nr_nodes], behind the CPUs' */
	struct kmem_cache_cpu *cpu[]; /* [nr_cpus], which lie behind */
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
	struct spinlock lock; /* caches */
	struct list_head caches;
	u32 nr_nodes;
	bool ready;
	struct slab_errors errors;
	u64 large_pages[MAX_NUMNODES];	/* pages of large kmallocs */
	struct kmem_cache *cache_cache; /* the cache that caches come from, */
	struct kmem_cache *alias_cache; /* aliases, */
	struct kmem_cache *map_cache;	/* and slabs' maps */
	struct kmem_cache *kmalloc[NR_KMALLOC_TYPES][NR_KMALLOC_SIZES];
};

#endif

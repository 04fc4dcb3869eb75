/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parts of the exercise: the load, the fill, the accounts. */
#ifndef MM_EXERCISE_EXERCISE_INNER_H
#define MM_EXERCISE_EXERCISE_INNER_H

#include "lib.h"
#include "mm/exercise/exercise.h"
#include "mm/page/page_alloc.h"
#include "mm/page/page_debug.h"
#include "mm/system.h"

#define EX_NR_CACHES   4
#define EX_NR_SLOTS    1024
#define EX_SLOTS_ORDER 4

/* A place for one allocation. */
struct slot {
	void *p;   /* NULL: empty */
	u64 size;  /* bytes that we may use */
	u64 stamp; /* of its contents */
	u8 kind;
	u8 order;	    /* EX_PAGES; EX_VMALLOC: of block */
	u8 cache;	    /* EX_CACHE */
	u8 area;	    /* EX_VMALLOC: the kind of area */
	struct page *block; /* EX_VMALLOC: mapped pages that we must free */
};
_Static_assert(sizeof(struct slot) * EX_NR_SLOTS <= PAGE_SIZE << EX_SLOTS_ORDER, "slots fit");

struct exercise_team;

/* One worker. */
struct exercise {
	struct mem_system *sys;
	const struct exercise_config *cfg;
	struct exercise_result *res; /* worker 0: the caller's; else own_res */
	struct exercise_result own_res;
	struct exercise_team *team;
	u32 worker;
	struct prng prng;
	struct slot *slots;   /* EX_NR_SLOTS */
	struct page **filled; /* while single pages are filled */
	u64 nr_fill;	      /* the most pages to fill */
	u64 stamps;	      /* number given so far: all stamps are different */
	u64 held, max_held;   /* bytes in its slots */
};

#define EX_NR_BOXES 16

/* The free blocks of all zones: exercise_fill.c. */
struct blocks {
	u64 hash;
	u64 largest_pages; /* in blocks of MAX_PAGE_ORDER */
	u64 memmap_pages, record_pages;
};

/* All workers, and their common data. */
struct exercise_team {
	u64 *zones; /* for each zone: free pages and those of struct pages, before */
	struct kmem_cache *caches[EX_NR_CACHES];
	struct {
		struct spinlock lock;
		struct slot slot;
	} box[EX_NR_BOXES]; /* through which workers swap slots */
	struct blocks blocks;
	unsigned kind; /* of the phase */
	bool over;     /* stopped, or a check failed */
	int failed;    /* set_up()'s error */
	u32 nr;
	struct exercise ex[];
};

/* ---- slots (exercise_slot.c) ------------------------------------------------------------- */

/* Fills the slot's memory with a new stamp; in a large one only a few pages. */
void exercise_stamp(struct exercise *ex, struct slot *s);
/* Do the first `size` bytes still have their stamp? */
bool exercise_stamp_holds(const struct slot *s, u64 size);
/* Are all bytes that exercise_stamp() would fill 0? */
bool exercise_is_zero(const struct slot *s);
/* A random size up to 2^max_bits: each power of two is equally likely as a bound, so small
 * sizes are frequent. */
u64 exercise_random_size(struct exercise *ex, unsigned max_bits);
int exercise_random_node(struct exercise *ex);
/* Ends the exercise; keeps the first failure. */
void exercise_fail(struct exercise *ex, const char *what, u64 where);

/* ---- the load ---------------------------------------------------------------------------- */

/* One random operation; kind NR_EXERCISE_KINDS: of any kind. */
void exercise_step(struct exercise *ex, unsigned kind);
void exercise_empty_all(struct exercise *ex);
/* Frees what workers have left in boxes. */
void exercise_empty_boxes(struct exercise *ex);

/* ---- areas ------------------------------------------------------------------------------- */

/* Choose kind and size of an area; make it, or NULL; free it. */
void exercise_choose_area(struct exercise *ex, struct slot *s);
void *exercise_get_area(struct exercise *ex, struct slot *s);
void exercise_put_area(struct exercise *ex, struct slot *s);

/* ---- the fill ---------------------------------------------------------------------------- */

/* Allocates each worker's array and notes the free blocks. False: no memory, skip the fill. */
bool exercise_fill_begin(struct exercise_team *team);
void exercise_fill(struct exercise *ex);
/* Checks that the free blocks are the same as before. */
void exercise_fill_end(struct exercise_team *team);

/* ---- the accounts ------------------------------------------------------------------------ */

/* Pages of the whole machine, counted when there are no empty slabs. */
struct account {
	u64 free, memmap, tables;
	u64 records; /* page_debug_record_pages() */
	u64 wrong;   /* refused frees, overwritten poison */
};

struct account exercise_account(struct mem_system *sys);
/* Free pages, and those that are in use for good. */
u64 exercise_account_pages(const struct account *a);
/* The number of zones; store their pages in team->zones. */
u32 exercise_nr_zones(const struct mem_system *sys);
void exercise_note_zones(struct exercise *ex);
/* Checks that each zone has its pages again, but for page tables and records. Call it without empty
 * slabs. */
void exercise_check_zones(struct exercise *ex, const struct account *before);
/* The same for all zones together; also fills the counts of struct pages and page tables. */
void exercise_balance(struct exercise *ex, const struct account *before);
void exercise_check_invariants(struct exercise *ex);

#endif

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parts of the exercise: the load, the fill, the books. */
#ifndef MM_EXERCISE_EXERCISE_INNER_H
#define MM_EXERCISE_EXERCISE_INNER_H

#include "lib.h"
#include "mm/exercise/exercise.h"
#include "mm/page/page_alloc.h"
#include "mm/system.h"

#define EX_NR_CACHES   4
#define EX_NR_SLOTS    1024
#define EX_SLOTS_ORDER 4

/* Place for one thing that is held. */
struct slot {
	void *p;   /* NULL: empty */
	u64 size;  /* bytes that are ours */
	u64 stamp; /* what it is filled with */
	u8 kind;
	u8 order;	    /* EX_PAGES; EX_VMALLOC: of block */
	u8 cache;	    /* EX_CACHE */
	u8 area;	    /* EX_VMALLOC: which kind */
	struct page *block; /* EX_VMALLOC: what is mapped, if it is ours to give back */
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
	u64 nr_fill;	      /* how many at most */
	u64 stamps;	      /* given so far: each slot's differs from all others */
	u64 held, max_held;   /* bytes */
};

#define EX_NR_BOXES 16

/* The free blocks of all zones: exercise_fill.c. */
struct blocks {
	u64 hash;
	u64 largest_pages; /* in blocks of MAX_PAGE_ORDER */
	u64 memmap_pages;
};

/* All workers, and what they share. */
struct exercise_team {
	u64 *zones; /* per zone: free and struct pages' pages, before */
	struct kmem_cache *caches[EX_NR_CACHES];
	struct {
		struct spinlock lock;
		struct slot slot;
	} box[EX_NR_BOXES]; /* where workers swap what they hold */
	struct blocks blocks;
	unsigned kind; /* the phase's */
	bool over;     /* stopped, or something went wrong */
	int failed;    /* what set_up() failed with */
	u32 nr;
	struct exercise ex[];
};

/* ---- slots (exercise_slot.c) ------------------------------------------------------------- */

/* Fills what the slot holds, differently each time. Large things are filled in a few pages. */
void exercise_stamp(struct exercise *ex, struct slot *s);
/* Do the first `size` bytes hold what they were filled with? */
bool exercise_stamp_holds(const struct slot *s, u64 size);
/* Are all bytes 0 that exercise_stamp() would fill? */
bool exercise_is_zero(const struct slot *s);
/* Evenly over the sizes' lengths up to 2^max_bits, so that small ones are as frequent as large
 * ones. */
u64 exercise_random_size(struct exercise *ex, unsigned max_bits);
int exercise_random_node(struct exercise *ex);
/* Ends the exercise; the first failure is kept. */
void exercise_fail(struct exercise *ex, const char *what, u64 where);

/* ---- the load ---------------------------------------------------------------------------- */

/* One random operation; kind NR_EXERCISE_KINDS: of any kind. */
void exercise_step(struct exercise *ex, unsigned kind);
void exercise_empty_all(struct exercise *ex);
/* What workers have left for others. */
void exercise_empty_boxes(struct exercise *ex);

/* ---- areas ------------------------------------------------------------------------------- */

/* Kind and size of an area; the area, or NULL; its end. */
void exercise_choose_area(struct exercise *ex, struct slot *s);
void *exercise_get_area(struct exercise *ex, struct slot *s);
void exercise_put_area(struct exercise *ex, struct slot *s);

/* ---- the fill ---------------------------------------------------------------------------- */

/* Room for each worker's pages, and how free memory lies. False: no memory, there is no fill. */
bool exercise_fill_begin(struct exercise_team *team);
void exercise_fill(struct exercise *ex);
/* Is it whole again? */
void exercise_fill_end(struct exercise_team *team);

/* ---- the books --------------------------------------------------------------------------- */

/* Of the whole machine, with no empty slab left. */
struct account {
	u64 free, memmap, tables;
	u64 wrong; /* refused frees, spoilt poison */
};

struct account exercise_account(struct mem_system *sys);
/* How many zones there are, and their pages into team->zones. */
u32 exercise_nr_zones(const struct mem_system *sys);
void exercise_note_zones(struct exercise *ex);
/* Each zone has what it had, but for page tables. Empty slabs must be gone. */
void exercise_check_zones(struct exercise *ex, const struct account *before);
/* The same for all zones together; fills in what memory became. */
void exercise_balance(struct exercise *ex, const struct account *before);
void exercise_check_invariants(struct exercise *ex);

#endif

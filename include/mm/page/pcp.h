/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Per-CPU lists of free blocks, which only their CPU touches, so without a lock.
 *
 * A list is a stack, so that a CPU takes what it gave last (hot in its cache), and a spare one of
 * the same size. A full stack becomes the spare, whose blocks, the oldest ones, go back to the
 * zone; an empty one changes places with the spare, or is filled from the zone, `batch` at a time.
 * Blocks in lists are not free for others and not counted as free. When memory runs out the lists
 * of all CPUs are drained: one's own at once, that of a CPU outside our world by who needs it, that
 * of a running one at its next visit to a zone.
 *
 * What lies in a list is ready to be handed out, so taking and giving back are a few instructions.
 * In a system with struct pages that is a struct page, alive, with its order and lists written;
 * alloc_pages() uses the lists. In one without (sys->given.page_options.frames_only) it is a PFN,
 * and frame_alloc() uses them.
 */
#ifndef MM_PAGE_PCP_H
#define MM_PAGE_PCP_H

#include "mm/page/frame.h"

#define PCP_MAX_ORDER 3 /* orders 0 to 3 have lists, and PAGEBLOCK_ORDER: as in Linux */
#define NR_PCP_ORDERS (PCP_MAX_ORDER + 2)
#define PCP_HUGE      (PCP_MAX_ORDER + 1)
#define PCP_LISTS     (MIGRATE_PCPTYPES * NR_PCP_ORDERS)

/* What a CPU's list of single pages holds at most, in both stacks: it stays in the caches. */
#define PCP_MAX_PAGES 2048
#define PCP_MAX_BATCH 64

struct pcp_list {
	u64 *top, *base, *end; /* in use: [base, top). All equal: the list is out of use */
	u64 nr_taken;	       /* blocks handed out */
	u64 *spare;	       /* the other stack's base */
	u32 nr_spare;	       /* in use there */
	u32 size;	       /* of a stack, as allocated; in use end - base */
	u32 high, batch;       /* blocks: at most in both stacks; to fill at once */
	u8 order, migratetype;
	u16 lists; /* struct page's: zone id * MIGRATE_PCPTYPES + type */
	u64 nr_filled, nr_drained;
	struct zone *zone;
} __attribute__((aligned(128)));

/* One CPU's view of all lists. */
struct page_cpu {
	/* The lists of the preferred zone for each kind of request; [order]. */
	struct pcp_list *fast[NR_GFP_KINDS];
	/* What the life of a plain page of order 0 reads (mm/page/page.h) that goes to last_lists:
	 * a page that is freed is checked, and its lists found, by one compare. */
	u64 last_life;
	struct pcp_list *last_lists;
	u16 last_id;
	struct pcp_list **by_id; /* [struct page's lists] */
	struct pcp_list *none;	 /* lists out of use */
	/* A run of populated sections that it met last: struct pages may be read for what lies in
	 * the direct map from live_start on (virtual address, bytes). page_cpu_learn() sets it. */
	u64 live_start, live_bytes;
	struct page *live_pages; /* of the first one */
	int nid;		 /* its node, or the nearest one with memory */
	bool running;		 /* nobody else may touch its lists */
	bool drain;		 /* another CPU wants its lists empty */
};

struct mem_system;

static inline unsigned pcp_order_index(unsigned order)
{
	return order == PAGEBLOCK_ORDER ? PCP_HUGE : order;
}

static inline bool pcp_has_order(unsigned order)
{
	return order <= PCP_MAX_ORDER || order == PAGEBLOCK_ORDER;
}

static inline struct pcp_list *pcp_list_of(const struct zone *zone, u32 cpu, unsigned type,
					   unsigned order)
{
	return &zone->pcp[cpu * PCP_LISTS + type * NR_PCP_ORDERS + pcp_order_index(order)];
}

/* Blocks in both stacks. */
static inline u32 pcp_count(const struct pcp_list *list)
{
	return (u32)(list->top - list->base) + list->nr_spare;
}

/* Lists for sys->given.nr_cpus CPUs, from memblock; they are out of use. 0 or -ENOMEM. */
int pcp_init(struct mem_system *sys);
/* Sets high and batch from the zones' sizes (page_options.pcp_high_fraction) and puts the lists
 * into use. */
void pcp_enable(struct mem_system *sys);
/* Out of use and empty. No other CPU may be in the allocator. */
void pcp_disable(struct mem_system *sys);
/* Gives what this CPU's lists hold back to the zones; or of all CPUs, as far as that can be done
 * now. Returns how many pages came back. */
u64 pcp_drain(struct mem_system *sys, u32 cpu);
u64 pcp_drain_all(struct mem_system *sys, u32 cpu);
/* Around the work of CPUs 0 to nr - 1 at once: each one's lists are its own then. While just one
 * CPU runs, none needs to be started. */
void pcp_start_cpus(struct mem_system *sys, u32 nr);
void pcp_stop_cpus(struct mem_system *sys, u32 nr);
/* Pages in lists: of a zone and one CPU, of a zone and all CPUs. */
u64 pcp_pages(const struct zone *zone, u32 cpu);
u64 pcp_zone_pages(const struct mem_system *sys, const struct zone *zone);

#endif

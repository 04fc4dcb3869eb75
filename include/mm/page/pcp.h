/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Per-CPU lists of free blocks. Only their own CPU uses them, so they need no lock.
 *
 * A list is a stack, so that a CPU reuses the block that it freed last (hot in its cache), and a
 * spare stack of the same size. When the stack is full, the blocks of the spare, which are the
 * oldest, go back to the zone, and the two change places. When it is empty, they change places too,
 * or it is filled from the zone, `batch` blocks at a time. Blocks in lists are not free for others
 * and do not count as free. When memory is short, the lists of all CPUs are drained: the own lists
 * at once, those of a CPU outside our world by the CPU that needs memory, those of a running CPU by
 * itself at its next slow path.
 *
 * A block in a list is ready for use, so allocating and freeing take a few instructions. In a
 * system with struct pages the list has initialised struct pages, with order and list_id written in
 * them, and alloc_pages() uses the lists. In a system without (sys->given.page_options.frames_only)
 * it has PFNs, and frame_alloc() uses the lists.
 */
#ifndef MM_PAGE_PCP_H
#define MM_PAGE_PCP_H

#include "mm/page/frame.h"

#define PCP_MAX_ORDER 3 /* orders 0 to 3 have lists, and PAGEBLOCK_ORDER: as in Linux */
#define NR_PCP_ORDERS (PCP_MAX_ORDER + 2)
#define PCP_HUGE      (PCP_MAX_ORDER + 1)
#define PCP_LISTS     (MIGRATE_PCPTYPES * NR_PCP_ORDERS)

/* The most single pages of a CPU's list, in both stacks: so few that they stay in its caches. */
#define PCP_MAX_PAGES 2048
#define PCP_MAX_BATCH 64

struct pcp_list {
	u64 *top, *base, *end; /* blocks: [base, top). end == base: the list is disabled */
	u64 nr_taken;	       /* blocks allocated from it */
	u64 *spare;	       /* the other stack's base */
	u32 nr_spare;	       /* blocks in the spare */
	u32 size;	       /* allocated size of a stack; used are end - base */
	u32 high, batch;       /* most blocks in both stacks; blocks to fill at once */
	u8 order, migratetype;
	u16 list_id; /* as in struct page */
	u64 nr_filled, nr_drained;
	struct zone *zone;
} __attribute__((aligned(128)));

/* One CPU's view of all lists. */
struct page_cpu {
	/* The lists of the preferred zone for each kind of request; [order]. */
	struct pcp_list *fast[NR_GFP_KINDS];
	/* The state word (mm/page/page.h) of a plain order-0 page that belongs to last_lists: one
	 * compare checks a page that is freed, and finds its list. */
	u64 last_state;
	struct pcp_list *last_lists;
	u16 last_list_id;
	struct pcp_list **by_id;   /* [list_id] */
	struct pcp_list *no_lists; /* disabled ones, for all orders */
	/* A run of populated sections that it met last: struct pages may be read for what lies in
	 * the direct map from live_start on (virtual address, bytes). page_cpu_learn() sets it. */
	u64 live_start, live_bytes;
	struct page *live_pages; /* of live_start */
	int nid;		 /* its node, or the nearest one with memory */
	bool running;		 /* no other CPU may use its lists */
	bool drain;		 /* another CPU asks it to empty its lists */
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

/* Allocates lists for sys->given.nr_cpus CPUs from memblock; they are disabled. 0 or -ENOMEM. */
int pcp_init(struct mem_system *sys);
/* Sets high and batch from the zones' sizes (page_options.pcp_high_fraction) and enables the
 * lists. */
void pcp_enable(struct mem_system *sys);
/* Empties and disables the lists. No other CPU may be in the allocator. */
void pcp_disable(struct mem_system *sys);
/* Returns the blocks in this CPU's lists to the zones; or those of all CPUs, if possible now.
 * Returns the number of pages. */
u64 pcp_drain(struct mem_system *sys, u32 cpu);
u64 pcp_drain_all(struct mem_system *sys, u32 cpu);
/* Call these before and after CPUs 0 to nr - 1 work at the same time: meanwhile each one's lists
 * are used by this CPU only. Not needed while only one CPU works. */
void pcp_start_cpus(struct mem_system *sys, u32 nr);
void pcp_stop_cpus(struct mem_system *sys, u32 nr);
/* Pages in lists: of a zone and one CPU, of a zone and all CPUs. */
u64 pcp_pages(const struct zone *zone, u32 cpu);
u64 pcp_zone_pages(const struct mem_system *sys, const struct zone *zone);

#endif

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Virtually contiguous memory: areas in [layout.vmalloc_start, vmalloc_end), disjoint, each with an
 * unmapped guard page at its end, in a tree that knows the gaps between them (the lowest that fits
 * is taken).
 *
 * A pointer handed out is the kernel virtual address where that is what the CPU uses; on the host
 * it is the window that mirrors it (sys->vmalloc_offset is added).
 *
 * Freeing is lazy. The entries of a freed area lose P at once, but keep what they lead to; the area
 * stays in the tree, joined with freed neighbours. Only vm_purge() makes all CPUs forget all such
 * ranges, with one flush, and then gives back the page frames, the tables that nothing needs any
 * more, and the addresses. So neither an address nor a frame of vmalloc() is used anew while a
 * stale translation leads to it. (The pages under vmap() and vm_map_ram() are the caller's: who
 * frees them and fears stale users purges first.) A purge happens when more than lazy_max pages
 * wait, when address space or memory runs out (it is a shrinker), and when asked for.
 */
#ifndef MM_VMALLOC_VMALLOC_H
#define MM_VMALLOC_VMALLOC_H

#include "mm/page/gfp.h"
#include "mm/pgtable/memtype.h"
#include "mm/page/page.h"
#include "mm/page/shrinker.h"
#include "tree.h"
#include "spinlock.h"

struct mem_system;
struct kmem_cache;

/* Numbered as Linux's where Linux has them. */
#define VM_IOREMAP 0x1u	    /* device memory: ioremap */
#define VM_ALLOC   0x2u	    /* pages are ours: vfree gives them back */
#define VM_MAP	   0x4u	    /* pages are the caller's: vmap */
#define VM_USERMAP 0x8u	    /* of vmalloc_user() */
#define VM_RAM	   0x10000u /* of vm_map_ram() */
#define VM_LAZY	   0x20000u /* freed, not purged */
#define VM_KINDS   (VM_IOREMAP | VM_ALLOC | VM_MAP | VM_RAM)

struct vm_struct {
	struct tree_node node;
	u64 first, end, gap; /* of its subtree: addresses that it spans, largest gap between */
	u64 addr, size;	     /* kernel VA; bytes with the guard page, as Linux counts */
	u32 flags;
	u32 nr_pages;	       /* mapped, of 4 KiB; VM_LAZY: 0 */
	phys_addr_t phys_addr; /* VM_IOREMAP: of its first page */
	u64 *entry;	       /* of its first page, if known; NULL */
	u32 nr_entries;	    /* all of them, of 4 KiB in one table or one large one; 0: not known */
	const void *caller; /* return address of the allocating call */
	struct list_head purge; /* VM_LAZY */
};

/* What was refused. */
enum vm_error {
	VM_BAD_SIZE,	 /* 0, or more than there is */
	VM_BAD_ALIGN,	 /* not a power of two, or more than 1 GiB */
	VM_BAD_PHYS,	 /* ioremap: addresses that the CPU does not have */
	VM_PHYS_IS_RAM,	 /* ioremap */
	VM_BAD_TYPE,	 /* ioremap: no such memory type */
	VM_FREE_NOTHING, /* no area is there */
	VM_FREE_TWICE,	 /* it is freed already, and not purged */
	VM_FREE_INSIDE,	 /* an area, but not its beginning, or not of that size */
	VM_FREE_OTHER,	 /* an area of another kind: vfree of a vmap */
	NR_VM_ERRORS
};
const char *vm_error_name(enum vm_error error);

struct vm_errors {
	u64 count[NR_VM_ERRORS];
	u64 bad_frees; /* their sum, of those that free */
	u64 nr_failed; /* calls that found no memory or no room */
	enum vm_error last;
	u64 addr, size; /* as given: size 0 for what frees */
	const void *caller;
};

struct vmalloc_system {
	struct spinlock lock; /* all below, and making the region's page tables */
	struct tree areas;    /* struct vm_struct, ascending */
	struct list_head lazy;
	u64 nr_areas;		  /* in use */
	u64 nr_pages;		  /* of VM_ALLOC areas in use */
	u64 lazy_pages, lazy_max; /* addresses that wait for the purge, in pages */
	u64 nr_purges;
	u64 upper_va, *upper; /* table of level 2 that maps the region's first 512 GiB, and stays */
	u64 last_table, *last_entries; /* of level 0, used last: va / 2 MiB, and where it is */
	u64 kernel_bits;	       /* of a page's entry that is RW, NX and global */
	phys_addr_t uniform_start, uniform_end; /* of one MTRR type: the last ioremap() saw it */
	u64 type_flags[NR_MEMTYPES];		/* PT_* flags that choose a memory type */
	struct kmem_cache *cache;		/* of struct vm_struct */
	struct shrinker shrinker;
	struct vm_errors errors;
};

/* 0 or -ENOMEM. */
int vmalloc_init(struct mem_system *sys);

/*
 * `size` bytes rounded up to pages, mapped RW and NX. NULL: size 0, more than the machine's memory,
 * no memory, no room; then nothing is held.
 */
void *vmalloc(struct mem_system *sys, u64 size);
/* Full of zeros; vmalloc_user() too, which Linux marks as fit for user space. */
void *vzalloc(struct mem_system *sys, u64 size);
void *vmalloc_user(struct mem_system *sys, u64 size);
/* Pages from nid or the nearest node; NUMA_NO_NODE: as vmalloc(). */
void *vmalloc_node(struct mem_system *sys, u64 size, int nid);
/* At a multiple of `align`: a power of two up to 1 GiB. */
void *vmalloc_aligned(struct mem_system *sys, u64 size, u64 align);
/* As much of it as fits in mappings of 2 MiB, at a multiple of 2 MiB; the rest, and what has no
 * such block of memory, in pages. */
void *vmalloc_huge(struct mem_system *sys, u64 size);
/* NULL is allowed; what is no start of an area of vmalloc's is refused and counted. Shrinkers must
 * not call it: who makes a table for an area asks for a page with the lock held. */
void vfree(struct mem_system *sys, const void *addr);

/* Maps the caller's pages, which stay the caller's, one after the other with flags PT_*. NULL as
 * vmalloc(). The array may go afterwards. */
void *vmap(struct mem_system *sys, struct page **pages, u32 nr, u64 pt_flags);
/* NULL is allowed; what is no start of an area of vmap's is refused and counted. */
void vunmap(struct mem_system *sys, const void *addr);
/* The same for the short time: RW and NX; who unmaps says how many again. */
void *vm_map_ram(struct mem_system *sys, struct page **pages, u32 nr);
void vm_unmap_ram(struct mem_system *sys, const void *addr, u32 nr);

/*
 * Device memory [phys, phys + size), of any alignment, with a memory type (one that the PAT lacks
 * becomes UC-), in the largest pages that fit, or of 4 KiB where the range has several MTRR types.
 * RAM is refused: it is mapped already, write-back. NULL as above, or for addresses beyond the
 * CPU's.
 */
void *ioremap(struct mem_system *sys, phys_addr_t phys, u64 size, enum memtype type);
/* NULL is allowed; any address of the area's first page will do, as for Linux. */
void iounmap(struct mem_system *sys, const void *addr);

/* Ends all that is lazy; Linux's vm_unmap_aliases(). How many page frames it gave back. */
u64 vm_purge(struct mem_system *sys);

/* The area that contains a kernel VA, its guard page included, a VM_LAZY one too; NULL when none
 * does. */
const struct vm_struct *vmalloc_find(const struct mem_system *sys, u64 va);
/* The area that shows page frame `pfn`, and as which of its pages; NULL: none does. Looks through
 * all areas. */
const struct vm_struct *vmalloc_find_page(const struct mem_system *sys, u64 pfn, u32 *ret_index);
/* The frame that an area's page i shows; the area is in use. */
u64 vm_area_pfn(const struct mem_system *sys, const struct vm_struct *area, u32 i);
/* The entry of our tables for an address of the region, as pt_find_entry() finds it. */
u64 *vmalloc_entry(const struct mem_system *sys, u64 va, unsigned *ret_level);
/* In order of addresses, lazy ones among them; NULL: from the first one. NULL behind the last. */
const struct vm_struct *vmalloc_next(const struct mem_system *sys, const struct vm_struct *area);
/* NULL when tree, list, tables and pages agree; else what is wrong and where. No other CPU may be
 * in the allocator. */
const char *vmalloc_check(const struct mem_system *sys, u64 *ret_va);

#endif

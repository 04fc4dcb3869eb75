/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Virtually contiguous memory: disjoint areas in [layout.vmalloc_start, vmalloc_end), each with an
 * unmapped guard page at its end, in a tree that knows the gaps between them. A new area takes the
 * lowest gap that is large enough.
 *
 * The returned pointers are kernel virtual addresses when the CPU uses our tables; on the host they
 * are in the window that mirrors vmalloc (sys->vmalloc_offset is added).
 *
 * Freeing is lazy. The entries of a freed area lose P at once but keep their addresses, and the
 * area stays in the tree, merged with freed neighbours. Only vm_purge() flushes all such ranges
 * from all TLBs, at once, and then frees the page frames, the unused tables, and the addresses. So
 * no address and no frame of vmalloc() is used again while a TLB may have an old translation.
 * (Pages mapped by vmap() and vm_map_ram() belong to the caller: to be safe, purge before you free
 * them.) A purge happens when more than lazy_max pages wait, when addresses or memory run out (by a
 * shrinker), and on request.
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

/* With Linux's numbers where Linux has such flags. */
#define VM_IOREMAP 0x1u	    /* device memory: ioremap */
#define VM_ALLOC   0x2u	    /* pages are ours: vfree frees them */
#define VM_MAP	   0x4u	    /* pages are the caller's: vmap */
#define VM_USERMAP 0x8u	    /* of vmalloc_user() */
#define VM_RAM	   0x10000u /* of vm_map_ram() */
#define VM_LAZY	   0x20000u /* freed, not purged */
#define VM_KINDS   (VM_IOREMAP | VM_ALLOC | VM_MAP | VM_RAM)

struct vm_struct {
	struct tree_node node;
	u64 first, end, gap; /* of its subtree: the span of its areas, and the largest gap in it */
	u64 addr, size;	     /* kernel VA; bytes, guard page included as in Linux */
	u32 flags;
	u32 nr_pages;	       /* mapped, of 4 KiB; VM_LAZY: 0 */
	phys_addr_t phys_addr; /* VM_IOREMAP: of its first page */
	u64 *entry;	       /* of its first page; NULL: not known */
	u32 nr_entries;	    /* if all are of 4 KiB in one table, or one large one; 0: not known */
	const void *caller; /* return address of the allocating call */
	struct list_head purge; /* VM_LAZY */
};

/* Reasons to refuse a call. */
enum vm_error {
	VM_BAD_SIZE,	 /* 0, or too large */
	VM_BAD_ALIGN,	 /* not a power of two, or more than 1 GiB */
	VM_BAD_PHYS,	 /* ioremap: addresses that the CPU does not have */
	VM_PHYS_IS_RAM,	 /* ioremap */
	VM_BAD_TYPE,	 /* ioremap: no such memory type */
	VM_FREE_NOTHING, /* there is no area */
	VM_FREE_TWICE,	 /* it is freed already, and not purged */
	VM_FREE_INSIDE,	 /* not the area's beginning, or another size */
	VM_FREE_OTHER,	 /* an area of another kind: vfree of a vmap */
	NR_VM_ERRORS
};
const char *vm_error_name(enum vm_error error);

struct vm_errors {
	u64 count[NR_VM_ERRORS];
	u64 bad_frees; /* the sum of all VM_FREE_* */
	u64 nr_failed; /* calls that found no memory or no room */
	enum vm_error last;
	u64 addr, size; /* as given; size 0 for frees */
	const void *caller;
};

struct vmalloc_system {
	struct spinlock lock; /* for all below, and for making the region's page tables */
	struct tree areas;    /* struct vm_struct, ascending */
	struct list_head lazy;
	u64 nr_areas;		  /* in use */
	u64 nr_pages;		  /* of VM_ALLOC areas in use */
	u64 lazy_pages, lazy_max; /* freed and not purged, in pages; limit that starts a purge */
	u64 nr_purges;
	u64 upper_va, *upper; /* the table of level 2 for the region's first 512 GiB; it stays */
	u64 last_table, *last_entries; /* last used table of level 0: va / 2 MiB, its entries */
	u64 kernel_bits;	       /* of a page's entry that is RW, NX and global */
	phys_addr_t uniform_start, uniform_end; /* of one MTRR type, found by the last ioremap() */
	u64 type_flags[NR_MEMTYPES];		/* PT_* flags that select a memory type */
	struct kmem_cache *cache;		/* of struct vm_struct */
	struct shrinker shrinker;
	struct vm_errors errors;
};

/* Needs a working kmem_cache_create(). 0 or -ENOMEM. */
int vmalloc_init(struct mem_system *sys);

/*
 * Allocates `size` bytes rounded up to pages, mapped RW and NX. NULL: size 0, more than the
 * machine's memory, no memory, no addresses; then nothing stays allocated.
 */
void *vmalloc(struct mem_system *sys, u64 size);
/* Zeroed memory; vmalloc_user() too, whose areas Linux allows to map to user space. */
void *vzalloc(struct mem_system *sys, u64 size);
void *vmalloc_user(struct mem_system *sys, u64 size);
/* With pages from nid or the nearest node; NUMA_NO_NODE: as vmalloc(). */
void *vmalloc_node(struct mem_system *sys, u64 size, int nid);
/* At a multiple of `align`: a power of two up to 1 GiB. */
void *vmalloc_aligned(struct mem_system *sys, u64 size, u64 align);
/* At a multiple of 2 MiB, in mappings of 2 MiB; the last part, and parts for which there is no
 * block of 2 MiB, in pages of 4 KiB. */
void *vmalloc_huge(struct mem_system *sys, u64 size);
/* NULL is allowed; an address that is not the start of a vmalloc() area is refused and counted.
 * Shrinkers must not call it: it takes a lock that is held while pages for tables are allocated. */
void vfree(struct mem_system *sys, const void *addr);

/* Maps the caller's pages one after the other with flags PT_*; they still belong to the caller.
 * NULL as vmalloc(). The array is not needed afterwards. */
void *vmap(struct mem_system *sys, struct page **pages, u32 nr, u64 pt_flags);
/* NULL is allowed; an address that is not the start of a vmap() area is refused and counted. */
void vunmap(struct mem_system *sys, const void *addr);
/* Like vmap(), for short use: RW and NX. The caller passes nr again to unmap. */
void *vm_map_ram(struct mem_system *sys, struct page **pages, u32 nr);
void vm_unmap_ram(struct mem_system *sys, const void *addr, u32 nr);

/*
 * Maps device memory [phys, phys + size), of any alignment, with a memory type (UC- if the PAT does
 * not have it), in the largest pages that fit, or of 4 KiB if the range has several MTRR types. RAM
 * is refused: it is mapped already, as write-back. NULL as above, or for addresses that the CPU
 * does not have.
 */
void *ioremap(struct mem_system *sys, phys_addr_t phys, u64 size, enum memtype type);
/* NULL is allowed; so is any address in the area's first page, as in Linux. */
void iounmap(struct mem_system *sys, const void *addr);

/* Purges all freed areas, as Linux's vm_unmap_aliases(). Returns the number of freed page
 * frames. */
u64 vm_purge(struct mem_system *sys);

/* The area with this kernel VA, in its guard page too, VM_LAZY areas included; NULL: none. */
const struct vm_struct *vmalloc_find(const struct mem_system *sys, u64 va);
/* The area that maps page frame `pfn`, and the index of its page; NULL: none. Searches all
 * areas. */
const struct vm_struct *vmalloc_find_page(const struct mem_system *sys, u64 pfn, u32 *ret_index);
/* The frame of page i of an area, which must be in use. */
u64 vm_area_pfn(const struct mem_system *sys, const struct vm_struct *area, u32 i);
/* The entry in our tables for an address of the region, like pt_find_entry(). */
u64 *vmalloc_entry(const struct mem_system *sys, u64 va, unsigned *ret_level);
/* The next area in order of addresses, VM_LAZY ones included; area NULL: the first. NULL: no
 * more. */
const struct vm_struct *vmalloc_next(const struct mem_system *sys, const struct vm_struct *area);
/* NULL if tree, list, tables and pages agree; else what is wrong, and *ret_va says where. No other
 * CPU may be in the allocator. */
const char *vmalloc_check(const struct mem_system *sys, u64 *ret_va);

#endif

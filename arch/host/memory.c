/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated physical memory: one sparse file, and windows that map it like the page tables. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

#include "arch.h"
#include "arch/host.h"
#include "sanitize.h"

#define VMALLOC_WINDOW (1 * TiB)

static struct host_memory *memories;

/* Blocks of pages are aligned to their size in the direct map, as they are on the machine. */
#define WINDOW_ALIGN (PAGE_SIZE << MAX_PAGE_ORDER)

/* Reserves address space without memory: an access faults. */
static u8 *window_new(u64 size)
{
	u64 bytes = size + WINDOW_ALIGN, start, aligned;
	void *p = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	start = (u64)(uintptr_t)p;
	aligned = round_up(start, WINDOW_ALIGN);
	if (aligned > start)
		munmap(p, aligned - start);
	munmap((void *)(uintptr_t)(aligned + size), start + bytes - aligned - size);
	return (u8 *)(uintptr_t)aligned;
}

static int window_show(const struct host_memory *hm, u8 *at, phys_addr_t pa, u64 size, bool write)
{
	int prot = PROT_READ | (write ? PROT_WRITE : 0);
	void *p = mmap(at, size, prot, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, hm->fd, (off_t)pa);

	return p == MAP_FAILED ? -ENOMEM : 0;
}

static int window_hide(u8 *at, u64 size)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;

	return mmap(at, size, PROT_NONE, flags, -1, 0) == MAP_FAILED ? -ENOMEM : 0;
}

static int show_ram(struct host_memory *hm)
{
	const struct memblock_type *memory = &hm->sys->memblock.memory;

	for (u32 i = 0; i < memory->cnt; i++) {
		/* A border of nodes may lie inside a page: all of it is there, as on a machine. */
		phys_addr_t start = round_down(memory->regions[i].base, PAGE_SIZE);
		phys_addr_t end =
			round_up(memory->regions[i].base + memory->regions[i].size, PAGE_SIZE);

		if (start < end && window_show(hm, hm->direct + start, start, end - start, true))
			return -ENOMEM;
	}
	return 0;
}

int host_memory_new(struct host_memory *hm, struct mem_system *sys)
{
	phys_addr_t top = round_up(memblock_end_of_dram(&sys->memblock), GiB);
	phys_addr_t last = top;

	for (u32 i = 0; i < sys->given.nr_devices; i++)
		last = max(last, round_up(pfn_to_phys(sys->given.devices[i].end_pfn), GiB));
	*hm = (struct host_memory){.sys = sys, .fd = -1};
	if (last > HOST_MAX_PHYS)
		return -E2BIG;
	hm->direct_size = top;
	hm->vmemmap_size = last / PAGE_SIZE * sizeof(struct page);
	hm->vmalloc_size = VMALLOC_WINDOW;
	hm->fd = memfd_create("tablewalk-ram", MFD_CLOEXEC);
	hm->direct = window_new(hm->direct_size);
	hm->vmemmap = window_new(hm->vmemmap_size);
	hm->vmalloc = window_new(hm->vmalloc_size);
	hm->next = memories;
	memories = hm;
	if (hm->fd < 0 || ftruncate(hm->fd, (off_t)top) || !hm->direct || !hm->vmemmap ||
	    !hm->vmalloc || show_ram(hm)) {
		host_memory_free(hm);
		return -ENOMEM;
	}
	sys->phys_offset = (u64)(uintptr_t)hm->direct;
	sys->vmemmap_offset = (u64)(uintptr_t)hm->vmemmap - sys->given.layout.vmemmap;
	sys->vmalloc_offset = (u64)(uintptr_t)hm->vmalloc - sys->given.layout.vmalloc_start;
	return 0;
}

/* Allows all access for the sanitizer: the host may map something else at these addresses. */
static void forget(const struct host_memory *hm)
{
	const struct mem_system *sys = hm->sys;
	u64 bytes = PAGES_PER_SECTION * PAGE_SIZE;

	for (u64 i = 0; SANITIZED && hm->direct && i < sys->page.nr_sections; i++) {
		if (sys->page.sections[i])
			sanitize_allow(hm->direct + i * bytes, bytes);
	}
}

void host_memory_free(struct host_memory *hm)
{
	struct host_memory **link = &memories;

	while (*link && *link != hm)
		link = &(*link)->next;
	if (*link)
		*link = hm->next;
	forget(hm);
	if (hm->direct)
		munmap(hm->direct, hm->direct_size);
	if (hm->vmemmap)
		munmap(hm->vmemmap, hm->vmemmap_size);
	if (hm->vmalloc)
		munmap(hm->vmalloc, hm->vmalloc_size);
	if (hm->fd >= 0)
		close(hm->fd);
	*hm = (struct host_memory){.fd = -1};
}

/* The pointer into a window for a kernel address; NULL: no window, as for the direct map. */
static u8 *window_of(const struct host_memory *hm, u64 va)
{
	const struct pt_layout *layout = &hm->sys->given.layout;

	if (va - layout->vmemmap < hm->vmemmap_size)
		return hm->vmemmap + (va - layout->vmemmap);
	if (va - layout->vmalloc_start < hm->vmalloc_size)
		return hm->vmalloc + (va - layout->vmalloc_start);
	return NULL;
}

/* Maps the window like the tables for the range of one entry; returns the end of that range. */
static u64 follow_entry(const struct host_memory *hm, const struct pgtable *pt, u64 va, u64 end)
{
	struct pt_path path;
	enum pt_result result = pt_lookup(pt, va, &path);
	const struct pt_entry *last = &path.entry[path.nr - 1]; /* va is canonical: nr > 0 */
	u64 next = min(last->va + PT_SIZE(last->level), end);
	u8 *at = window_of(hm, va);
	int err;

	if (!at)
		return next;
	err = result == PT_MAPPED ? window_show(hm, at, pt_path_phys(&path, va), next - va,
						last->rights & PTR_SW)
				  : window_hide(at, next - va);
	ASSERT(!err, "the host has no mapping left for va %#llx (vm.max_map_count)", va);
	return next;
}

void arch_pt_changed(struct pgtable *pt, u64 va, u64 size, bool removed)
{
	u64 end = va + size;

	(void)removed;
	for (struct host_memory *hm = memories; hm; hm = hm->next) {
		if (&hm->sys->pt != pt || !hm->sys->page.max_pfn)
			continue;
		while (va < end)
			va = follow_entry(hm, pt, va, end);
		return;
	}
}

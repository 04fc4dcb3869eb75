/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* From a page frame to the area that shows it. */
#include "mm/system.h"

const struct vm_struct *vmalloc_find_page(const struct mem_system *sys, u64 pfn, u32 *ret_index)
{
	const struct page *page = pfn_to_page(sys, pfn);
	struct vm_struct *area;

	if (!sys->vmalloc.areas.next) /* not initialised */
		return NULL;
	list_for_each_entry(area, &sys->vmalloc.areas, list) {
		for (u32 i = 0; i < area->nr_pages; i++) {
			if (area->pages[i] == page) {
				*ret_index = i;
				return area;
			}
		}
	}
	return NULL;
}

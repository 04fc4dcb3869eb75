/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Names of page flags, as Linux's tools print them. */
#include "mm/page/page.h"

const char *page_flag_name(unsigned flag)
{
	static const char *const names[] = {
		[PG_locked] = "locked", [PG_slab] = "slab",	[PG_reserved] = "reserved",
		[PG_head] = "head",	[PG_table] = "pgtable", [PG_vmalloc] = "vmalloc",
	};

	return flag < ARRAY_SIZE(names) ? names[flag] : NULL;
}

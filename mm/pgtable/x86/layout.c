/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Linux's layout of the kernel half, with 4 and with 5 levels. */
#include "mm/pgtable/build.h"

struct pt_layout pt_layout_x86(u8 levels)
{
	if (levels == 5)
		return (struct pt_layout){0xff11000000000000, 0xffa0000000000000,
					  0xffd2000000000000, 0xffd4000000000000};
	return (struct pt_layout){0xffff888000000000, 0xffffc90000000000, 0xffffe90000000000,
				  0xffffea0000000000};
}

const struct pt_marker *pt_markers_x86(u8 levels, u32 *ret_nr)
{
	static const struct pt_marker four[] = {
		{0, "Identity Map"},
		{0xffff800000000000, "Kernel Space"},
		{0xffff880000000000, "LDT remap"},
		{0xffff888000000000, "Low Kernel Mapping"},
		{0xffffc90000000000, "vmalloc() Area"},
		{0xffffea0000000000, "Vmemmap"},
		{0xfffffe0000000000, "CPU entry Area"},
		{0xffffff0000000000, "ESPfix Area"},
		{0xffffffef00000000, "EFI Runtime Services"},
		{0xffffffff80000000, "High Kernel Mapping"},
	};
	static const struct pt_marker five[] = {
		{0, "Identity Map"},
		{0xff00000000000000, "Kernel Space"},
		{0xff10000000000000, "LDT remap"},
		{0xff11000000000000, "Low Kernel Mapping"},
		{0xffa0000000000000, "vmalloc() Area"},
		{0xffd4000000000000, "Vmemmap"},
		{0xfffffe0000000000, "CPU entry Area"},
		{0xffffff0000000000, "ESPfix Area"},
		{0xffffffef00000000, "EFI Runtime Services"},
		{0xffffffff80000000, "High Kernel Mapping"},
	};

	*ret_nr = levels == 5 ? ARRAY_SIZE(five) : ARRAY_SIZE(four);
	return levels == 5 ? five : four;
}

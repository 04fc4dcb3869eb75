/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What holds for every paging format. */
#include "mm/pgtable.h"

u64 pt_entry_reserved(const struct pt_format *f, u64 entry, unsigned level, bool leaf,
		      unsigned phys_bits, bool nx)
{
	const struct pt_level_format *l = &f->level[level];
	u64 reserved = leaf ? l->leaf_reserved : l->table_reserved;
	u64 addr = leaf ? l->leaf_addr : l->table_addr;

	if (phys_bits && phys_bits < f->phys_bits)
		reserved |= addr & ~((1ULL << (phys_bits - f->addr_shift)) - 1);
	if (!nx)
		reserved |= f->noexec;
	return entry & reserved;
}

const char *pt_rights_text(char *buf, u8 rights)
{
	static const char letters[] = "rwx";
	u32 at = 0;

	for (u32 i = 0; i < 6; i++) {
		if (i == 3)
			buf[at++] = '/';
		buf[at++] = rights >> i & 1 ? letters[i % 3] : '-';
	}
	buf[at] = '\0';
	return buf;
}

static const struct pt_format *const formats[] = {&pt_format_x86_64_4, &pt_format_x86_64_5};

const struct pt_format *pt_format_nr(u32 nr)
{
	return nr < ARRAY_SIZE(formats) ? formats[nr] : NULL;
}

const struct pt_format *pt_format_find(const char *name)
{
	for (u32 i = 0; i < ARRAY_SIZE(formats); i++) {
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	}
	return NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Functions for all paging formats. */
#include "../pt_inner.h"

/* The address bits of an entry that a CPU with phys_bits physical address bits does not have. */
static u64 beyond(const struct pt_format *f, const struct pt_level_format *l, bool leaf,
		  unsigned phys_bits)
{
	u64 addr = leaf ? l->leaf_addr : l->table_addr, mask;

	if (!phys_bits || phys_bits >= f->phys_bits)
		return 0;
	ASSERT(phys_bits > PAGE_SHIFT, "%u address bits", phys_bits);
	mask = addr & ~((1ULL << (phys_bits - f->addr_shift)) - 1);
	if (leaf && phys_bits > l->high_shift)
		mask |= l->leaf_addr_high & ~((1ULL << (phys_bits - l->high_shift)) - 1);
	return mask;
}

u64 pt_entry_reserved(const struct pt_format *f, u64 entry, unsigned level, bool leaf,
		      unsigned phys_bits, bool nx)
{
	const struct pt_level_format *l = &f->level[level];
	u64 reserved = leaf ? l->leaf_reserved : l->table_reserved;

	reserved |= beyond(f, l, leaf, phys_bits);
	if (!(entry & f->needed))
		reserved |= f->needs;
	if (leaf && f->forbidden && (entry & f->forbidden) == f->forbidden)
		reserved |= f->forbidden;
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

static const struct pt_format *const formats[] = {
	&pt_format_x86_64_4, &pt_format_x86_64_5,  &pt_format_x86_32,
	&pt_format_pae,	     &pt_format_aarch64_3, &pt_format_aarch64_4,
	&pt_format_sv39,     &pt_format_sv48,	   &pt_format_sv57,
};

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

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* An entry in words, from its format's table of bits. */
#include "lib.h"
#include "mm/pt_format.h"

void pt_decode(const struct pt_format *f, u64 entry, unsigned level, unsigned phys_bits, bool nx,
	       pt_meaning_fn fn, void *ctx)
{
	bool leaf = pt_entry_is_leaf(f, entry, level);
	u64 reserved = pt_entry_reserved(f, entry, level, leaf, phys_bits, nx);
	u8 where = leaf ? PT_IN_PAGE : PT_IN_TABLE;

	for (u32 i = 0; i < f->nr_bits; i++) {
		const struct pt_bit *b = &f->bits[i];
		u64 value = entry >> b->low & ((2ULL << (b->high - b->low)) - 1);
		const char *text = value ? b->one : b->zero;
		struct pt_meaning m = {
			b->high, b->low, value, b->name, text, b->source, reserved >> b->low & 1};

		if (b->levels >> level & 1 && b->where & where && text)
			fn(ctx, &m);
	}
}

int pt_flags_text(char *buf, size_t size, const struct pt_format *f, u64 entry, unsigned level)
{
	bool leaf = pt_entry_is_leaf(f, entry, level);
	int len = 0;

	if ((entry & f->present) != f->present)
		return fmt_print(buf, size, "absent");
	buf[0] = '\0';
	for (u32 i = f->nr_bits; i-- > 0;) {
		const struct pt_bit *b = &f->bits[i];

		if (b->high == b->low && b->levels >> level & 1 &&
		    b->where & (leaf ? PT_IN_PAGE : PT_IN_TABLE) && entry >> b->low & 1)
			len += fmt_print(buf + len, size - (size_t)len, "%s%s", len ? "|" : "",
					 b->name);
	}
	return len;
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Describes an entry in words, from its format's table of bits. */
#include "lib.h"
#include "mm/pgtable/format.h"

struct decode {
	const struct pt_format *format;
	u64 entry;
	u64 reserved; /* set bits that must be 0 */
	u64 always;   /* bits that are reserved on every CPU: their own texts say so */
	pt_meaning_fn fn;
	void *ctx;
};

static u64 field_mask(unsigned high, unsigned low)
{
	return ((2ULL << (high - low)) - 1) << low;
}

/* Tells the set bits of `mask` one by one: the format has no words for them. */
static void tell_bits(const struct decode *d, u64 mask)
{
	for (u8 bit = 64; bit-- > 0;) {
		bool reserved = d->reserved >> bit & 1;
		char name[8];
		struct pt_meaning m = {bit,
				       bit,
				       1,
				       name,
				       reserved ? "reserved: must be 0" : "ignored",
				       d->format->manual,
				       reserved};

		if (!(d->entry & mask & 1ULL << bit))
			continue;
		fmt_print(name, sizeof(name), "bit %u", bit);
		d->fn(d->ctx, &m);
	}
}

static void tell_field(const struct decode *d, const struct pt_bit *b)
{
	u64 mask = field_mask(b->high, b->low), value = (d->entry & mask) >> b->low;
	struct pt_meaning m = {b->high,	  b->low, value, b->name, value ? b->one : b->zero,
			       b->source, false};

	if (b->high == b->low && d->reserved & mask) {
		m.reserved = true;
		if (!m.text || !(d->always & mask))
			m.text = "reserved: must be 0";
	}
	if (m.text)
		d->fn(d->ctx, &m);
	if (b->high != b->low) /* part of a field, such as the upper bits of an address */
		tell_bits(d, d->reserved & mask);
}

void pt_decode(const struct pt_format *f, u64 entry, unsigned level, unsigned phys_bits, bool nx,
	       pt_meaning_fn fn, void *ctx)
{
	const struct pt_level_format *l = &f->level[level];
	bool leaf = pt_entry_is_leaf(f, entry, level);
	struct decode d = {f,
			   entry,
			   pt_entry_reserved(f, entry, level, leaf, phys_bits, nx),
			   leaf ? l->leaf_reserved : l->table_reserved,
			   fn,
			   ctx};
	u8 where = leaf ? PT_IN_PAGE : PT_IN_TABLE;
	unsigned next = 64; /* bits from here up are done */

	for (u32 i = 0; i < f->nr_bits; i++) {
		const struct pt_bit *b = &f->bits[i];

		if (!(b->levels >> level & 1) || !(b->where & where))
			continue;
		if (next > b->high + 1u)
			tell_bits(&d, field_mask(next - 1, b->high + 1u));
		tell_field(&d, b);
		next = b->low;
	}
	if (next)
		tell_bits(&d, field_mask(next - 1, 0));
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

const char *pt_meaning_bits(char *buf, const struct pt_meaning *m)
{
	if (m->high == m->low)
		fmt_print(buf, 8, "%u", m->high);
	else
		fmt_print(buf, 8, "%u:%u", m->high, m->low);
	return buf;
}

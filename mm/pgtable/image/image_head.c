/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reads numbers, and the head of a file of saved page tables. */
#include "image_inner.h"

#include "lib.h"

int pt_image_wrong(struct pt_image_reader *r, const char *what, const char *word)
{
	fmt_print(r->err, r->err_size, "line %u: %s%s%s", r->line, what, word ? ": " : "",
		  word ? word : "");
	return -EINVAL;
}

/* ---- numbers ----------------------------------------------------------------------------- */

int pt_image_hex(struct pt_image_reader *r, const char *word, u64 *ret)
{
	if (word[0] != '0' || word[1] != 'x' || word[2] == '\0' || parse_hex(word, ret))
		return pt_image_wrong(r, "not a hexadecimal number of 64 bits (0x...)", word);
	return 0;
}

int pt_image_num(struct pt_image_reader *r, const char *word, u32 max, u32 *ret)
{
	u64 v;

	for (const char *c = word; *c; c++) {
		if (*c < '0' || *c > '9')
			return pt_image_wrong(r, "not a decimal number", word);
	}
	if (parse_u64(word, &v))
		return pt_image_wrong(r, "not a decimal number", word);
	if (v > max)
		return pt_image_wrong(r, "the number is too large", word);
	*ret = (u32)v;
	return 0;
}

/* "INDEX" or "INDEX-LAST" */
int pt_image_span(struct pt_image_reader *r, char *word, u32 nr, u32 *first, u32 *last)
{
	char *dash = word;
	int err;

	while (*dash && *dash != '-')
		dash++;
	if (!*dash) {
		err = pt_image_num(r, word, nr - 1, first);
		*last = *first;
		return err;
	}
	*dash = '\0';
	err = pt_image_num(r, word, nr - 1, first);
	if (!err)
		err = pt_image_num(r, dash + 1, nr - 1, last);
	if (!err && *last <= *first)
		return pt_image_wrong(r, "the run ends before its second entry", dash + 1);
	return err;
}

/* ---- head -------------------------------------------------------------------------------- */

static int head_format(struct pt_image_reader *r)
{
	r->pt.format = pt_format_find(r->argv[1]);
	return r->pt.format ? 0 : pt_image_wrong(r, "unknown format", r->argv[1]);
}

static int head_small(struct pt_image_reader *r, u32 max, u8 *ret)
{
	u32 v;
	int err = pt_image_num(r, r->argv[1], max, &v);

	if (!err)
		*ret = (u8)v;
	return err;
}

static int head_levels(struct pt_image_reader *r)
{
	return head_small(r, PT_MAX_LEVELS, &r->pt.levels);
}

static int head_root(struct pt_image_reader *r)
{
	return pt_image_hex(r, r->argv[1], &r->pt.root);
}

static int head_phys_bits(struct pt_image_reader *r)
{
	int err = head_small(r, 64, &r->pt.phys_bits);

	if (!err && r->pt.phys_bits && r->pt.phys_bits <= PAGE_SHIFT) /* 0: unknown */
		err = pt_image_wrong(r, "addresses have more bits", r->argv[1]);
	return err;
}

static int head_nx(struct pt_image_reader *r)
{
	u8 nx;
	int err = head_small(r, 1, &nx);

	if (!err)
		r->pt.nx = nx;
	return err;
}

static int head_max_page(struct pt_image_reader *r)
{
	return head_small(r, PT_MAX_LEVELS - 1, &r->pt.max_page_level);
}

static int head_pat(struct pt_image_reader *r)
{
	r->info.have_pat = true;
	return pt_image_hex(r, r->argv[1], &r->info.pat);
}

static int mtrr_default(struct pt_image_reader *r)
{
	struct mtrr_state *m = &r->info.mtrr;
	u32 type, on, fixed;

	if (m->present)
		return pt_image_wrong(r, "there twice", "mtrr default");
	if (r->argc != 5)
		return pt_image_wrong(r, "must be `mtrr default TYPE ENABLED FIXED_ENABLED`", NULL);
	if (pt_image_num(r, r->argv[2], 255, &type) || pt_image_num(r, r->argv[3], 1, &on) ||
	    pt_image_num(r, r->argv[4], 1, &fixed))
		return -EINVAL;
	m->present = true;
	m->default_type = (u8)type;
	m->enabled = on;
	m->fixed_enabled = fixed;
	return 0;
}

static int mtrr_fixed(struct pt_image_reader *r)
{
	u32 first, last, type;

	if (pt_image_span(r, r->argv[2], MTRR_NR_FIXED, &first, &last) ||
	    pt_image_num(r, r->argv[3], 255, &type))
		return -EINVAL;
	for (u32 i = first; i <= last; i++)
		r->info.mtrr.fixed[i] = (u8)type;
	return 0;
}

static int head_mtrr(struct pt_image_reader *r)
{
	struct mtrr_state *m = &r->info.mtrr;

	if (r->argc > 1 && !strcmp(r->argv[1], "default"))
		return mtrr_default(r);
	if (!m->present)
		return pt_image_wrong(r, "`mtrr default` must come first", NULL);
	if (r->argc == 4 && !strcmp(r->argv[1], "fixed"))
		return mtrr_fixed(r);
	if (r->argc != 4 || strcmp(r->argv[1], "variable"))
		return pt_image_wrong(
			r, "must be `mtrr variable BASE MASK` or `mtrr fixed INDEX TYPE`", NULL);
	if (m->nr_variable == MTRR_MAX_VARIABLE)
		return pt_image_wrong(r, "too many MTRRs", NULL);
	if (pt_image_hex(r, r->argv[2], &m->variable[m->nr_variable].base) ||
	    pt_image_hex(r, r->argv[3], &m->variable[m->nr_variable].mask))
		return -EINVAL;
	m->nr_variable++;
	return 0;
}

static const struct head_record {
	const char *name;
	int (*fn)(struct pt_image_reader *r);
	bool needed, many;
} head[] = {
	{"format", head_format, true, false}, {"levels", head_levels, true, false},
	{"root", head_root, true, false},     {"phys-bits", head_phys_bits, true, false},
	{"nx", head_nx, true, false},	      {"max-page", head_max_page, true, false},
	{"pat", head_pat, false, false},      {"mtrr", head_mtrr, false, true},
};

int pt_image_head(struct pt_image_reader *r)
{
	for (u32 i = 0; i < ARRAY_SIZE(head); i++) {
		if (strcmp(r->argv[0], head[i].name))
			continue;
		if (r->have >> i & 1 && !head[i].many)
			return pt_image_wrong(r, "there twice", head[i].name);
		if (!head[i].many && r->argc != 2)
			return pt_image_wrong(r, "must have one value", head[i].name);
		r->have |= 1u << i;
		return head[i].fn(r);
	}
	return pt_image_wrong(r, "unknown record", r->argv[0]);
}

/* Checks the records of the head together. */
int pt_image_check_head(struct pt_image_reader *r)
{
	const struct pt_format *f = r->pt.format;

	for (u32 i = 0; i < ARRAY_SIZE(head); i++) {
		if (head[i].needed && !(r->have >> i & 1))
			return pt_image_wrong(r, "this must come before the tables", head[i].name);
	}
	if (r->pt.levels != f->nr_levels)
		return pt_image_wrong(r, "the levels are not those of the format", f->name);
	if (r->pt.max_page_level >= f->nr_levels)
		return pt_image_wrong(r, "max-page must be below the levels", NULL);
	r->info.mtrr.phys_bits = r->pt.phys_bits;
	return 0;
}

static int text_record(struct pt_image_reader *r, const char *text, char *ret, size_t size)
{
	if (ret[0])
		return pt_image_wrong(r, "there twice", r->buf);
	if (!*text || strlen(text) >= size)
		return pt_image_wrong(r, "nothing, or too long", r->buf);
	fmt_print(ret, size, "%s", text);
	return 0;
}

bool pt_image_text_record(struct pt_image_reader *r, int *ret_err)
{
	struct pt_image_info *info = &r->info;

	if (!strncmp(r->buf, "machine ", 8))
		*ret_err = text_record(r, r->buf + 8, info->machine, sizeof(info->machine));
	else if (!strncmp(r->buf, "firmware ", 9))
		*ret_err = text_record(r, r->buf + 9, info->firmware, sizeof(info->firmware));
	else
		return false;
	return true;
}

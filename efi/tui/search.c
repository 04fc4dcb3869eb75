/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Search expressions: parses words into terms, compares terms with entries. */
#include "ui/search.h"

#include "lib.h"

enum {
	TERM_RIGHTS,
	TERM_WX,
	TERM_RO,
	TERM_NX,
	TERM_TYPE,
	TERM_SIZE,
	TERM_PA,
	TERM_VA,
	TERM_OWNER,
	TERM_BIT,
	TERM_BAD
};

static const struct {
	const char *word;
	u8 kind, rights;
} words[] = {
	{"r", TERM_RIGHTS, PTR_SR | PTR_UR},
	{"w", TERM_RIGHTS, PTR_SW | PTR_UW},
	{"x", TERM_RIGHTS, PTR_SX | PTR_UX},
	{"u", TERM_RIGHTS, PTR_UR | PTR_UW | PTR_UX},
	{"ro", TERM_RO, 0},
	{"nx", TERM_NX, 0},
	{"w+x", TERM_WX, 0},
	{"wx", TERM_WX, 0},
	{"wb", TERM_TYPE, 0},
	{"wc", TERM_TYPE, 0},
	{"wt", TERM_TYPE, 0},
	{"wp", TERM_TYPE, 0},
	{"uc", TERM_TYPE, 0},
	{"a", TERM_BIT, 0},
	{"d", TERM_BIT, 0},
	{"g", TERM_BIT, 0},
	{"bad", TERM_BAD, 0},
};

static bool starts_with(const char *s, const char *start)
{
	return !strncmp(s, start, strlen(start));
}

/* Parses "A" or "A-B", B exclusive. */
static int parse_range(struct search_term *t, const char *text)
{
	char first[24];
	size_t n = 0;

	while (text[n] && text[n] != '-' && n + 1 < sizeof(first)) {
		first[n] = text[n];
		n++;
	}
	first[n] = '\0';
	if (parse_hex(first, &t->low))
		return -EINVAL;
	t->high = t->low;
	if (!text[n])
		return 0;
	if (text[n] != '-' || parse_hex(text + n + 1, &t->high) || t->high <= t->low)
		return -EINVAL;
	t->high--;
	return 0;
}

static int parse_size(struct search_term *t, const char *word)
{
	bool least = starts_with(word, ">="), most = starts_with(word, "<=");
	char upper[8];
	u32 i = 0;

	word += least || most ? 2 : 0;
	while (word[i] && i + 1 < sizeof(upper)) {
		upper[i] = word[i] >= 'a' && word[i] <= 'z' ? (char)(word[i] - 32) : word[i];
		i++;
	}
	upper[i] = '\0';
	if (word[i] || word[0] < '0' || word[0] > '9' || parse_u64(upper, &t->low))
		return -EINVAL;
	t->kind = TERM_SIZE;
	t->high = least ? ~0ULL : t->low;
	t->low = most ? 0 : t->low;
	return 0;
}

static const char *parse_term(struct search_term *t, const char *word)
{
	t->not = *word == '!';
	word += t->not ;
	t->own = starts_with(word, "own:");
	word += t->own ? 4 : 0;
	if (strlen(word) >= sizeof(t->text))
		return "too long";
	fmt_print(t->text, sizeof(t->text), "%s", word);
	for (u32 i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].word, word))
			continue;
		t->kind = words[i].kind;
		t->rights = words[i].rights;
		return t->own && t->kind > TERM_NX ? "only rights have `own:`" : NULL;
	}
	if (t->own)
		return "rights are r, w, x, u, ro, nx and w+x";
	if (*word == '@') {
		t->kind = TERM_OWNER;
		memmove(t->text, t->text + 1, sizeof(t->text) - 1);
		return t->text[0] ? NULL : "write a part of the owner's name after @";
	}
	if (starts_with(word, "pa=") || starts_with(word, "va=")) {
		t->kind = *word == 'p' ? TERM_PA : TERM_VA;
		return parse_range(t, word + 3) ? "an address or A-B, hexadecimal" : NULL;
	}
	if (!parse_size(t, word))
		return NULL;
	return "not known; r w x u ro nx w+x wb wc wt wp uc 4k 2m 1g pa= va= @owner a d g bad";
}

int search_parse(struct search *s, const char *text, char *err, size_t err_size)
{
	struct search found = {0};
	const char *at = text;

	while (*at) {
		const char *why;
		char word[64];
		u32 n = 0;

		if (*at == ' ') {
			at++;
			continue;
		}
		while (at[n] && at[n] != ' ' && n + 1 < sizeof(word)) {
			word[n] = at[n];
			n++;
		}
		word[n] = '\0';
		if (found.nr == SEARCH_MAX_TERMS)
			why = "too many terms";
		else
			why = parse_term(&found.term[found.nr], word);
		if (why) {
			fmt_print(err, err_size, "column %u: %s: %s", (u32)(at - text) + 1, word,
				  why);
			return -EINVAL;
		}
		found.nr++;
		at += n;
	}
	*s = found;
	return 0;
}

/* ---- matching ---------------------------------------------------------------------------- */

/* Does `text` contain `part`? Ignores case. */
static bool contains(const char *text, const char *part)
{
	for (; *text; text++) {
		size_t i = 0;

		while (part[i] && (text[i] | 32) == (part[i] | 32) && text[i])
			i++;
		if (!part[i])
			return true;
	}
	return false;
}

static bool overlaps(u64 low, u64 high, u64 start, u64 bytes)
{
	return start <= high && start + (bytes - 1) >= low;
}

static bool has_bit(const struct pt_format *f, const struct pt_entry *e, char which)
{
	u64 bit = which == 'a' ? f->accessed : which == 'd' ? f->dirty : f->global;

	return bit && e->val & bit;
}

static bool term_holds(const struct search_term *t, const struct search_env *env,
		       const struct pt_entry *e)
{
	const struct pt_format *f = pt_format_of(env->pt);
	u64 span = pt_span(f, e->level);
	u8 rights = t->own ? e->own : e->rights;
	char text[48] = "";

	switch (t->kind) {
	case TERM_RIGHTS:
		return rights & t->rights;
	case TERM_WX:
		return pt_writable_executable(rights);
	case TERM_RO:
		return !(rights & (PTR_SW | PTR_UW));
	case TERM_NX:
		return !(rights & (PTR_SX | PTR_UX));
	case TERM_SIZE:
		return span >= t->low && span <= t->high;
	case TERM_PA:
		return overlaps(t->low, t->high, e->phys, e->nr * span);
	case TERM_VA:
		return overlaps(t->low, t->high, e->va, e->nr * span);
	case TERM_BIT:
		return has_bit(f, e, t->text[0]);
	case TERM_TYPE:
		if (env->memtype)
			env->memtype(env->ctx, env->pt, e, text, sizeof(text));
		return contains(text, t->text);
	case TERM_OWNER:
		if (env->owner)
			env->owner(env->ctx, e->phys, text, sizeof(text));
		return contains(text, t->text);
	default:
		return e->wrong != PT_FINE;
	}
}

bool search_match(const struct search *s, const struct search_env *env, const struct pt_entry *e)
{
	bool bad_asked = false;

	for (u32 i = 0; i < s->nr; i++) {
		bad_asked |= s->term[i].kind == TERM_BAD && !s->term[i].not ;
		if (term_holds(&s->term[i], env, e) == s->term[i].not )
			return false;
	}
	return e->present && (bad_asked || (e->leaf && !e->wrong));
}

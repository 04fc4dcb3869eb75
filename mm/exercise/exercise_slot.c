/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What all parts of the exercise need: what held memory is filled with, random choices, failure. */
#include "exercise_inner.h"

#define STAMPED_WHOLE (2 * PAGE_SIZE) /* up to this size every byte is stamped */
#define STAMPED_PAGES 16	      /* of larger things so many pages at most, at both ends */

/* ---- stamps ------------------------------------------------------------------------------ */

/* Up to 8 bytes at an offset. */
struct piece {
	u64 at;
	u32 len;
};

/* The k-th piece of something that is stamped; false after the last one. */
static bool stamp_piece(u64 size, u64 k, struct piece *ret)
{
	u64 pages = DIV_ROUND_UP(size, PAGE_SIZE), nr = min(pages, (u64)STAMPED_PAGES), end;

	if (size <= STAMPED_WHOLE) {
		ret->at = k * sizeof(u64);
		end = size;
	} else if (k < 2 * nr) { /* evenly spread pages, the first and the last among them */
		ret->at = k / 2 * (pages - 1) / (nr - 1) * PAGE_SIZE;
		end = min(ret->at + PAGE_SIZE, size);
		if (k % 2) /* behind the other piece: the last page may be short */
			ret->at = max(ret->at + sizeof(u64), end - sizeof(u64));
	} else {
		return false;
	}
	if (ret->at >= end)
		return false;
	ret->len = (u32)min(end - ret->at, (u64)sizeof(u64));
	return true;
}

static u64 stamp_value(const struct slot *s, u64 at)
{
	return (s->stamp + at) * 0x9e3779b97f4a7c15ULL; /* every byte depends on stamp and offset */
}

void exercise_stamp(struct exercise *ex, struct slot *s)
{
	struct piece piece;

	s->stamp = ex->cfg->seed + (++ex->stamps << 32);
	for (u64 k = 0; stamp_piece(s->size, k, &piece); k++) {
		u64 v = stamp_value(s, piece.at);

		memcpy((u8 *)s->p + piece.at, &v, piece.len);
		ex->res->kind[s->kind].bytes += piece.len;
	}
}

bool exercise_stamp_holds(const struct slot *s, u64 size)
{
	struct piece piece;

	for (u64 k = 0; stamp_piece(s->size, k, &piece) && piece.at < size; k++) {
		u64 v = stamp_value(s, piece.at);

		if (memcmp((u8 *)s->p + piece.at, &v, min((u64)piece.len, size - piece.at)))
			return false;
	}
	return true;
}

bool exercise_is_zero(const struct slot *s)
{
	static const u8 zeros[sizeof(u64)];
	struct piece piece;

	for (u64 k = 0; stamp_piece(s->size, k, &piece); k++) {
		if (memcmp((u8 *)s->p + piece.at, zeros, piece.len))
			return false;
	}
	return true;
}

/* ---- choices ----------------------------------------------------------------------------- */

u64 exercise_random_size(struct exercise *ex, unsigned max_bits)
{
	return 1 + prng_below(&ex->prng, 1ULL << prng_below(&ex->prng, max_bits + 1));
}

int exercise_random_node(struct exercise *ex)
{
	int nid = (int)prng_below(&ex->prng, ex->sys->slab.nr_nodes);

	return ex->sys->page.node_data[nid] ? nid : NUMA_NO_NODE;
}

/* ---- failure ----------------------------------------------------------------------------- */

void exercise_fail(struct exercise *ex, const char *what, u64 where)
{
	if (!ex->res->failed) {
		ex->res->failed = what;
		ex->res->failed_at = where;
	}
	__atomic_store_n(&ex->team->over, true, __ATOMIC_RELAXED);
}

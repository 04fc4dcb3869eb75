/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* An emit that writes on paper, a view, and random events: for the tests of efi/emit. */
#ifndef TESTS_UNIT_EMIT_EMIT_FIXTURE_H
#define TESTS_UNIT_EMIT_EMIT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"
#include "ui/emit.h"

#define SEED 20262

/* What was written; refuses everything past `limit`. */
struct paper {
	char text[1 << 16];
	size_t len, limit;
	u32 nr_writes;
};

static struct paper paper;

static inline int write_paper(void *ctx, const char *s, size_t n)
{
	struct paper *p = ctx;

	p->nr_writes++;
	if (p->len + n > p->limit)
		return -ENOSPC;
	memcpy(p->text + p->len, s, n);
	p->len += n;
	p->text[p->len] = '\0';
	return 0;
}

static inline struct emit new_emit(enum emit_format format)
{
	struct emit e;

	paper.len = paper.nr_writes = 0;
	paper.text[0] = '\0';
	paper.limit = sizeof(paper.text) - 1;
	emit_init(&e, format, write_paper, &paper);
	return e;
}

/* ---- a view ------------------------------------------------------------------------------ */

/* A line with fields, a list of values, a field that the text does not have. */
static inline void zones_view(struct emit *e)
{
	emit_text(e, "Zones of node %d\n", 0);
	emit_list(e, NULL);
	for (u64 i = 0; i < 2; i++) {
		emit_object(e, NULL);
		emit_put(e, "zone {name:6}: {spanned} pages from {start:#x}{enabled?, enabled}\n",
			 i ? "DMA32" : "DMA", 4095 + i, 0x1000 << i, i);
		emit_list(e, "nr_free");
		for (u64 order = 0; order < 3; order++)
			emit_put(e, "{blocks:4}", order * i);
		emit_end(e);
		emit_text(e, "\n");
		emit_field(e, "owner", (const char *)NULL);
		emit_end(e);
	}
	emit_end(e);
}

/* ---- random events ----------------------------------------------------------------------- */

static inline void random_word(struct prng *p, char *word, size_t size)
{
	for (size_t k = 0; k < size - 1; k++)
		word[k] = (char)prng_next(p);
	word[prng_below(p, size)] = '\0';
	word[size - 1] = '\0';
}

/* Inside what is open, which stays open. Names of objects and lists are `object` and `list`, or any
 * bytes for NULL. */
static inline void random_events(struct emit *e, struct prng *p, const char *object,
				 const char *list)
{
	u32 outer = e->depth;
	char word[12];

	for (u64 i = 0, n = 1 + prng_below(p, 40); i < n; i++) {
		random_word(p, word, sizeof(word));
		switch (prng_below(p, 6)) {
		case 0:
			emit_object(e, object ? object : word);
			break;
		case 1:
			emit_list(e, list ? list : word);
			break;
		case 2:
			if (e->depth > outer)
				emit_end(e);
			break;
		case 3:
			emit_field(e, "text", prng_below(p, 4) ? word : NULL);
			break;
		case 4:
			emit_field(e, "byte", (s64)prng_next(p));
			break;
		default:
			emit_put(e, "{start:x} {enabled?yes|no}", prng_next(p), prng_below(p, 2));
		}
	}
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Looks names up in the tables of keys. */
#include "keys.h"

#include "lib.h"

const struct emit_key *emit_key_at(u32 i)
{
	if (i < key_numbers.nr)
		return &key_numbers.rows[i];
	i -= key_numbers.nr;
	return i < key_words.nr ? &key_words.rows[i] : NULL;
}

/* As strcmp() of a key's name and a name that is not closed with 0. */
static int compare(const char *key, const char *name, u32 len)
{
	int order = strncmp(key, name, len);

	return order ? order : key[len] ? 1 : 0;
}

static const struct emit_key *find_in(const struct key_table *table, const char *name, u32 len)
{
	u32 low = 0, high = table->nr;

	while (low < high) {
		u32 middle = (low + high) / 2;
		int order = compare(table->rows[middle].name, name, len);

		if (!order)
			return &table->rows[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct emit_key *emit_key_find(const char *name, u32 len)
{
	const struct emit_key *key = find_in(&key_numbers, name, len);

	return key ? key : find_in(&key_words, name, len);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The two tables of keys. A name is in one of them only. */
#ifndef EFI_EMIT_KEYS_H
#define EFI_EMIT_KEYS_H

#include "ui/emit_keys.h"

struct key_table {
	const struct emit_key *rows; /* sorted by name: unit tests look at the order */
	u32 nr;
};

extern const struct key_table key_numbers, key_words;

#endif

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The memory that we take from the firmware, and the memory that we never take. */
#ifndef EFI_APP_CLAIM_H
#define EFI_APP_CLAIM_H

#include "app.h"

#define CLAIM_MAX_PINS 256

/* Ranges that are in use even if the map calls them free. */
struct claim_pins {
	u32 nr;
	struct app_range range[CLAIM_MAX_PINS];
};

/* May this memory be used as ordinary RAM? */
bool claim_wants(const struct mem_desc *d);
/* Pages to leave to the firmware: `wanted` bytes; 0: 1/16 of all, between 32 MiB and 1 GiB. */
u64 claim_reserve(const struct memmap *map, u64 wanted);
/* The most pages to claim: `wanted` bytes; 0: all (~0), or less if the firmware frees slowly. */
u64 claim_limit(u64 wanted);
/* Claims the free memory of `map`, which it changes, without reserve and pins; fills
 * app->claims. */
void claim_memory(struct app *app, struct memmap *map, const struct claim_pins *pins);

#endif

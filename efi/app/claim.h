/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which memory is taken from the firmware, and which never. */
#ifndef EFI_APP_CLAIM_H
#define EFI_APP_CLAIM_H

#include "app.h"

#define CLAIM_MAX_PINS 256

/* Ranges in use whatever the map says. */
struct claim_pins {
	u32 nr;
	struct app_range range[CLAIM_MAX_PINS];
};

/* Is this memory that may be used as ordinary RAM? */
bool claim_wants(const struct mem_desc *d);
/* Pages to leave to the firmware: `wanted` bytes, or 1/16 within 32 MiB and 1 GiB. */
u64 claim_reserve(const struct memmap *map, u64 wanted);
/* Most pages to claim: `wanted` bytes; 0: all (~0), or less when the firmware is slow to take them
 * back. */
u64 claim_limit(u64 wanted);
/* Claims what `map` (changed by this) offers, less the reserve and the pins; fills app->claims. */
void claim_memory(struct app *app, struct memmap *map, const struct claim_pins *pins);

#endif

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The owner of a physical address as a short name, for columns and pages of the explorer. */
#ifndef EFI_APP_OWNER_H
#define EFI_APP_OWNER_H

#include "app.h"

/*
 * The most precise owner that is known: a section of our image, the use of the page in our memory
 * management, a loaded image and its section, framebuffer, device, firmware's page table, ACPI
 * table, the type in the firmware's map or in the GCD, "nothing". Mostly up to 24 characters. Any
 * address is allowed. Fast: the first call collects the ranges (with the firmware's facts), later
 * ones use binary search. Returns buf.
 */
const char *owner_name(const struct app *app, phys_addr_t pa, char *buf, size_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Who has a physical address, in one short name: for columns and pages of the explorer. */
#ifndef EFI_APP_OWNER_H
#define EFI_APP_OWNER_H

#include "app.h"

/*
 * The most precise thing that is known: our image's section, what our memory management has the
 * page for, a loaded image and its section, framebuffer, device, firmware's page table, ACPI table,
 * the firmware map's type, GCD's type, "nothing". Mostly within 24 characters. Any address may be
 * asked about. Quick: ranges are collected once (the first call asks the firmware for its facts),
 * then searched by halves. Returns buf.
 */
const char *owner_name(const struct app *app, phys_addr_t pa, char *buf, size_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Views that several commands or screens show: each takes what it shows, and where to. */
#ifndef UI_VIEWS_H
#define UI_VIEWS_H

#include "arch.h"
#include "mm/boot/e820.h"
#include "mm/exercise/exercise.h"
#include "mm/boot/numa.h"
#include "ui/emit.h"

enum memmap_style { MEMMAP_SHELL, MEMMAP_LINUX, MEMMAP_GAPS };

/* The UEFI shell's table with totals, gaps and findings; Linux's efi=debug lines; gaps alone. */
void view_memmap(struct emit *out, const struct memmap *map, enum memmap_style style);
/* Pages per type, and ranges whose type differs. */
void view_memmap_diff(struct emit *out, const struct memmap *before, const struct memmap *after);
/* Linux's BIOS-e820 lines. */
void view_e820(struct emit *out, const struct e820_table *t);

void view_numa(struct emit *out, const struct numa_info *n, const char *acpi_note,
	       enum numa_verdict verdict, phys_addr_t conflict);

void view_exercise(struct emit *out, const struct exercise_result *res);
/* One line. */
void view_exercise_summary(struct emit *out, const struct exercise_result *res);

/* An exception with its registers, error code in words, and the walk of CR2. */
void view_trap(struct emit *out, const struct pgtable *pt, const struct trap_frame *f);

#endif

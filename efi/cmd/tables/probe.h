/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* An access to any tree: what the model says, and what the CPU does where it can be asked. */
#ifndef EFI_CMD_TABLES_PROBE_H
#define EFI_CMD_TABLES_PROBE_H

#include "arch/probe.h"
#include "cmd/cmds.h"

struct probe_request {
	const struct pgtable *pt; /* of x86-64 */
	struct access_cpu cpu;
	u64 va;
	u8 kind; /* enum access_kind */
	bool user;
};

struct probe_answer {
	struct access_result model;
	struct pt_path path;
	bool asked; /* the CPU; else why_not says why only the model answered */
	const char *why_not;
	struct probe_step cpu;
	bool agree;    /* true when the CPU was not asked, or departs in a known way */
	int departure; /* its number, or -1 */
};

/* The control bits that a tree lives under: the firmware's as found, ours for all others. */
void probe_cpu_of(const struct app *app, const struct pgtable *pt, struct access_cpu *ret);
void probe_access(struct app *app, const struct probe_request *r, struct probe_answer *ret);
/*
 * Where an emulator is known not to do as the manual says. The number of the departure that
 * explains the difference; -1: none does. A real CPU is never excused.
 */
#define PROBE_MAX_DEPARTURES 4
int probe_departure(const struct app *app, const struct probe_step *cpu,
		    const struct access_result *model);
const char *probe_departure_text(u32 nr);
/* An object, in words: the control bits if wanted, the verdict, the deciding entry, what the CPU
 * did. */
void probe_show(struct emit *out, const struct probe_request *r, const struct probe_answer *a,
		bool with_controls);
/* "WP=1 NXE=1 SMEP=0 ...", less than 80 bytes. */
void probe_controls_text(char *buf, size_t size, const struct access_cpu *c);
/* "#PF error 0x3" or "goes through". */
void probe_outcome(char *buf, size_t size, u8 vector, u32 error);

#endif

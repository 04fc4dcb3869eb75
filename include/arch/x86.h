/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The gate between the firmware's world and ours (arch/x86/gate.*): what the application's main
 * needs to build it. The manual, `help how`: "Two worlds and one gate".
 *
 * gate_enter() switches to our CR3 (4 or 5 levels, whatever the firmware uses), GDT, IDT, TSS and
 * stack with interrupts off and calls fn; when fn returns, everything is as it was. In between
 * arch_call_firmware() crosses back for single calls.
 */
#ifndef ARCH_X86_H
#define ARCH_X86_H

#include "arch.h"

/* Pages below 4 GiB, executable in both worlds' tables and identity-mapped: the stub that turns
 * paging off to change CR4.LA57, and its own little page tables. */
#define GATE_LOW_PAGES 8

#define GATE_STACK_SIZE	     (128 * 1024)
#define GATE_TRAP_STACKS     4 /* IST 1..4: faults, double fault, NMI, machine check */
#define GATE_TRAP_STACK_SIZE (16 * 1024)
#define GATE_DATA_SIZE	     4096

/* Each CPU's block, page by page: guard, stack, guard, trap stacks, data. */
#define GATE_GUARD_1	0
#define GATE_STACK	4096
#define GATE_GUARD_2	(GATE_STACK + GATE_STACK_SIZE)
#define GATE_TRAPS	(GATE_GUARD_2 + 4096)
#define GATE_DATA	(GATE_TRAPS + GATE_TRAP_STACKS * GATE_TRAP_STACK_SIZE)
#define GATE_BLOCK_SIZE (GATE_DATA + GATE_DATA_SIZE)

struct gate_config {
	phys_addr_t root;    /* our top table */
	u8 levels;	     /* of our tables */
	u32 nr_cpus;	     /* that come to our world, the boot CPU among them */
	const u32 *apic_ids; /* theirs, the boot CPU's first */
	u8 *low;    /* for each CPU GATE_LOW_PAGES pages below 4 GiB that cross no 2 MiB border;
		       may be NULL when levels are the same in both worlds */
	u8 *blocks; /* one for each CPU, identity-mapped, RW; the caller unmaps the guards */
	bool nx;
};

/* Checks the CPU and prepares descriptor tables and the stub. 0; -ENODEV when the CPU cannot do
 * these levels; -EINVAL when `low` is needed and missing or not as above; -EBUSY when the firmware
 * runs on shadow stacks, which the gate cannot cross. */
int gate_init(const struct gate_config *config);
/* Not from inside itself: one stack is all there is. */
void gate_enter(void (*fn)(void *arg), void *arg);
bool gate_in_our_world(void);
u64 gate_crossings(void); /* times our world was entered, for `boottime` */

/*
 * The other CPUs (include/arch/smp.h), before gate_init(), in the firmware's world. smp_prepare()
 * asks the firmware which there are; `ids` has room for MAX_CPUS, the boot CPU's comes first.
 * Returns how many can be used. apic_prepare() makes sure that our tables map the local APIC: 0;
 * -ENODEV when CPUs cannot reach each other. smp_give_up() goes on with the boot CPU alone.
 */
u32 smp_prepare(u32 *ids);
int apic_prepare(struct pgtable *pt);
void smp_give_up(const char *fmt, ...) __printf(1, 2);

/* Port I/O that QEMU gives a program: each is 0 or -ENODEV when not under
 * a hypervisor or absent. */
int fwcfg_read(const char *name, char *buf, size_t size, size_t *ret_len);
int debugcon_write(const char *s, size_t n); /* port 0xe9 */
void debug_exit(u8 value);		     /* isa-debug-exit at port 0xf4; returns without it */

/* The image's sections, from the linker script: page-aligned bounds. */
extern char image_start[], image_text[], image_text_end[], image_rodata[], image_rodata_end[],
	image_data[], image_end[];

#endif

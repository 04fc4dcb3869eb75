/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What each CPU has of its own in our world. */
#ifndef ARCH_X86_PERCPU_H
#define ARCH_X86_PERCPU_H

#include "arch/percpu.h"
#include "arch/smp.h"
#include "x86.h"

/* The registers that make a world. */
struct world {
	u64 cr0, cr3, cr4, efer, pat, gs_base, fs_base;
	struct table_pointer gdt, idt;
	u16 cs, ds, ss, es, fs, gs, tr;
	bool interrupts;
	u64 rsp; /* where the stack was left; the firmware's is 0 before gate_enter() */
};

struct __attribute__((packed)) tss { /* SDM vol. 3, 7.7 */
	u32 reserved0;
	u64 rsp[3], reserved1, ist[7], reserved2;
	u16 reserved3, io_map;
};

struct guard { /* trap.S knows the order */
	u64 rbx, rbp, r12, r13, r14, r15, rsp, rip;
};

#define MAX_GUARDS 16

/* Where a CPU is in a run of smp_run(). */
enum cpu_step {
	CPU_AWAY,     /* with the firmware */
	CPU_TOO_LATE, /* nobody waits for it now: it turns back */
	CPU_CALLED,   /* the firmware was asked to send it */
	CPU_COMING,   /* it is at our gate */
	CPU_HERE,     /* in our world: it waits for the others */
	CPU_DONE,     /* it has returned from fn */
	CPU_GONE,     /* on its way to the firmware; it touches nothing of ours any more */
};

struct cpu {
	struct arch_percpu percpu; /* first: GS points here while our world runs */
	struct world firmware, ours;
	u64 stack_top;
	u64 gdt[5];
	struct tss tss;

	u8 *low; /* la57.c: the stub's pages; NULL when levels are the same in both worlds */
	u64 little_root[2];

	struct guard guards[MAX_GUARDS]; /* under way, innermost last */
	int nr_guards, landing;		 /* trap.c */
	struct trap_frame trapped;

	u32 step; /* enum cpu_step */
	int err;
	struct smp_failure failure;
};
_Static_assert(sizeof(struct cpu) <= GATE_DATA_SIZE, "a CPU's own data fits its page");

/* In our world only. */
static inline struct cpu *this_cpu(void)
{
	return (struct cpu *)((const struct arch_percpu __seg_gs *)0)->self;
}

/* gate.c: this CPU; the boot CPU's in the firmware's world, where no other runs our code. */
struct cpu *gate_cpu(void);
/* CPU number nr, of config.nr_cpus. */
struct cpu *gate_cpu_nr(u32 nr);
/* Runs fn on this CPU in our world, as gate_enter() does on the boot
 * CPU. -EBUSY: as gate_init(). */
int gate_enter_on(struct cpu *cpu, void (*fn)(void *arg), void *arg);
/* The root that all CPUs have in our world. */
phys_addr_t gate_root(void);

/* trap.c */
void trap_init(void);
void trap_init_cpu(struct cpu *cpu, u8 *stacks);
/* Loads this CPU's TSS, once its GDT is loaded. */
void trap_load_task(struct cpu *cpu);
u64 trap_idt(void);
/* Ends the outermost guarded call with -ETIMEDOUT. f: what an NMI interrupted; returning from it
 * then leads out of the call. False when there is none. */
struct pushed_frame;
bool trap_stop(struct cpu *cpu, struct pushed_frame *f);

/* la57.c. Copies the stub to `low` and builds its tables. 0; -EINVAL when `low` is NULL, reaches
 * above 4 GiB or crosses a 2 MiB border. */
int la57_init(struct cpu *cpu, u8 *low);
/* Toggles CR4.LA57 and loads cr3, a root for as many levels as there are then. Interrupts, CR4.PGE,
 * PCIDE and CET are off. Leaves the stub's GDT and segments loaded. */
void la57_switch(struct cpu *cpu, u64 cr3);

/* tlb.c. While a CPU takes part, others may send it NMIs. */
void tlb_join(struct cpu *cpu);
void tlb_leave(struct cpu *cpu);
/* An NMI came: true when somebody had sent it and it was served. */
bool tlb_nmi(struct cpu *cpu, struct pushed_frame *f);
/* A CPU's work was ended wherever it was. */
void tlb_forget(struct cpu *cpu);
/* Ends fn on these CPUs (bits by number). Returns those that did not answer. */
u64 tlb_stop(u64 cpus);

/* smp.c: time in ticks of arch_cycles(); the APIC id of a CPU by number. */
u64 smp_ticks(u64 microseconds);
u32 smp_apic_id(u32 nr);

/* apic.c: to another CPU, SDM vol. 3, 11.6. */
#define APIC_NMI  0x4400u /* level assert, delivery mode NMI */
#define APIC_INIT 0x4500u
void apic_send(u32 apic_id, u32 command);
/* This CPU's own id, as CPUID says. */
u32 apic_own_id(void);

#endif

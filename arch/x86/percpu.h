/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The data of each CPU in our world. */
#ifndef ARCH_X86_PERCPU_H
#define ARCH_X86_PERCPU_H

#include "arch/percpu.h"
#include "arch/smp.h"
#include "x86.h"

/* The registers of a world. */
struct world {
	u64 cr0, cr3, cr4, efer, pat, gs_base, fs_base;
	struct table_pointer gdt, idt;
	u16 cs, ds, ss, es, fs, gs, tr;
	bool interrupts;
	u64 rsp; /* while the other world runs; the firmware's is 0 before gate_enter() */
};

struct __attribute__((packed)) tss { /* SDM vol. 3, 7.7 */
	u32 reserved0;
	u64 rsp[3], reserved1, ist[7], reserved2;
	u16 reserved3, io_map;
};

struct guard { /* trap.S uses the same order */
	u64 rbx, rbp, r12, r13, r14, r15, rsp, rip;
};

#define MAX_GUARDS 16

/* The progress of a CPU in smp_run(). */
enum cpu_step {
	CPU_AWAY,     /* with the firmware */
	CPU_TOO_LATE, /* it did not come in time: it must go back */
	CPU_CALLED,   /* the firmware was asked to start it */
	CPU_COMING,   /* it runs our code, before the gate */
	CPU_HERE,     /* in our world: waits for the others, then runs fn */
	CPU_DONE,     /* it has returned from fn */
	CPU_GONE,     /* on its way to the firmware; uses nothing of ours any more */
};

struct cpu {
	struct arch_percpu percpu; /* first: GS points here while our world runs */
	struct world firmware, ours;
	u64 stack_top;
	u64 gdt[5];
	struct tss tss;

	u8 *low; /* la57.c: the stub's pages; NULL when levels are the same in both worlds */
	u64 little_root[2];

	struct guard guards[MAX_GUARDS]; /* active ones, innermost last */
	int nr_guards, landing;		 /* trap.c */
	struct trap_frame trapped;

	u32 step; /* enum cpu_step */
	int err;
	struct smp_failure failure;
};
_Static_assert(sizeof(struct cpu) <= GATE_DATA_SIZE, "a CPU's own data fits its page");

/* Only in our world. */
static inline struct cpu *this_cpu(void)
{
	return (struct cpu *)((const struct arch_percpu __seg_gs *)0)->self;
}

/* gate.c: this CPU; in the firmware's world the boot CPU, as no other runs our code there. */
struct cpu *gate_cpu(void);
/* CPU number nr, of config.nr_cpus. */
struct cpu *gate_cpu_nr(u32 nr);
/* Runs fn on this CPU in our world, like gate_enter() on the boot CPU. 0; -EBUSY as gate_init(). */
int gate_enter_on(struct cpu *cpu, void (*fn)(void *arg), void *arg);
/* The root of the tables that all CPUs use in our world. */
phys_addr_t gate_root(void);

/* trap.c */
void trap_init(void);
void trap_init_cpu(struct cpu *cpu, u8 *stacks);
/* Loads this CPU's TSS, once its GDT is loaded. */
void trap_load_task(struct cpu *cpu);
u64 trap_idt(void);
/* Ends the outermost guarded call with -ETIMEDOUT. f: the frame of an NMI; it is changed so that
 * IRET leaves that call. False: there is no guarded call. */
struct pushed_frame;
bool trap_stop(struct cpu *cpu, struct pushed_frame *f);

/* la57.c. Copies the stub to `low` and builds its tables. 0; -EINVAL: `low` is NULL, goes above
 * 4 GiB or crosses a 2 MiB border. */
int la57_init(struct cpu *cpu, u8 *low);
/* Toggles CR4.LA57 and loads cr3, a root with the new number of levels. Interrupts, CR4.PGE, PCIDE
 * and CET must be off. The stub's GDT and segments stay loaded. */
void la57_switch(struct cpu *cpu, u64 cr3);

/* tlb.c. Between join and leave other CPUs may send this one NMIs. */
void tlb_join(struct cpu *cpu);
void tlb_leave(struct cpu *cpu);
/* Handles an NMI. True: it was a request of another CPU, and is done. */
bool tlb_nmi(struct cpu *cpu, struct pushed_frame *f);
/* Gives up the turn if this CPU has it, after a trap or an abort ended its work. */
void tlb_forget(struct cpu *cpu);
/* Ends fn on these CPUs, a bit for each number. Returns those that did not answer. */
u64 tlb_stop(u64 cpus);

/* smp.c: microseconds in ticks of arch_cycles(); the APIC id of a CPU by number. */
u64 smp_ticks(u64 microseconds);
u32 smp_apic_id(u32 nr);

/* apic.c: messages to another CPU, SDM vol. 3, 11.6. */
#define APIC_NMI  0x4400u /* level assert, delivery mode NMI */
#define APIC_INIT 0x4500u
void apic_send(u32 apic_id, u32 command);
/* This CPU's own id, from CPUID. */
u32 apic_own_id(void);

#endif

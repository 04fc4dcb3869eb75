/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Exceptions in our world: the frame is saved, and the innermost guarded call ends with it. */
#include "arch/x86.h"
#include "lib.h"
#include "percpu.h"
#include "regs.h"

#define FAR_TR 0xfff0 /* the last selector that a 16-byte descriptor can have */

#define COM1	      0x3f8
#define COM1_STATUS   (COM1 + 5)
#define COM1_CAN_SEND 0x20
#define COM1_PATIENCE 10000 /* reads of about a microsecond: a byte takes 90 at 115200 baud */

/* The stack of an exception: the CPU's part is above that of trap_common, together one struct. */
struct pushed_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector, error, rip, cs, rflags, rsp, ss;
};
_Static_assert(offsetof(struct pushed_frame, ss) == offsetof(struct trap_frame, ss),
	       "trap_frame begins as trap_common pushes it");

int guard_enter(struct guard *g) __attribute__((returns_twice));
void guard_leave(struct guard *g, int how) __attribute__((noreturn));
void trap_handle(const struct pushed_frame *f) __attribute__((noreturn));
void nmi_handle(struct pushed_frame *f);

enum { GUARD_FAULT = 1, GUARD_ABORT, GUARD_STOP };

/* Each CPU has its own guarded calls, in its struct cpu. */
int arch_guarded(int (*fn)(void *arg), void *arg, int *ret_value, struct trap_frame *ret_trap)
{
	static const int errors[] = {
		[GUARD_FAULT] = -EFAULT, [GUARD_ABORT] = -EINTR, [GUARD_STOP] = -ETIMEDOUT};
	struct cpu *c = gate_cpu();
	int how;

	ASSERT(c->nr_guards < MAX_GUARDS, "%d guards", c->nr_guards);
	how = guard_enter(&c->guards[c->nr_guards]);
	c = gate_cpu(); /* the local variable may be lost after guard_leave() */
	if (!how) {
		c->nr_guards++;
		*ret_value = fn(arg);
		gate_cpu()->nr_guards--;
		return 0;
	}
	if (how == GUARD_FAULT)
		*ret_trap = c->trapped;
	return errors[how];
}

void arch_guarded_abort(void)
{
	struct cpu *c = gate_cpu();

	if (c->nr_guards && gate_in_our_world()) {
		tlb_forget(c);
		guard_leave(&c->guards[--c->nr_guards], GUARD_ABORT);
	}
}

/* COM1 with the firmware's settings; if there is no COM1, its status reads as ready. */
static void com1_write(const char *s, int n)
{
	while (n-- > 0) {
		for (int i = 0; i < COM1_PATIENCE && !(inb(COM1_STATUS) & COM1_CAN_SEND); i++)
			;
		outb(COM1, (u8)*s++);
	}
}

/* There is no guard to go back to, and the state for going back to the firmware cannot be trusted.
 * So the message goes out through ports, and the CPU stops. */
static void __attribute__((noreturn)) stop(const struct pushed_frame *f)
{
	char text[160];
	int n = fmt_print(text, sizeof(text),
			  "tablewalk: CPU %u: exception %llu, error %#llx at rip %#llx, cr2 %#llx: "
			  "stopped\r\n",
			  arch_this_cpu(), f->vector, f->error, f->rip, read_cr2());

	debugcon_write(text, (size_t)n);
	com1_write(text, n);
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void keep(struct cpu *c, const struct pushed_frame *f)
{
	if (!c->nr_guards)
		stop(f);
	memcpy(&c->trapped, f, sizeof(*f));
	c->trapped.cr2 = read_cr2();
	tlb_forget(c);
}

void trap_handle(const struct pushed_frame *f)
{
	struct cpu *c = this_cpu();

	keep(c, f);
	guard_leave(&c->guards[--c->nr_guards], GUARD_FAULT);
}

/* ---- NMIs -------------------------------------------------------------------------------- */

static void __attribute__((noreturn)) land(void)
{
	struct cpu *c = this_cpu();

	guard_leave(&c->guards[--c->nr_guards], c->landing);
}

/*
 * The CPU takes no other NMI before an IRET (SDM vol. 3, 6.7.1). So to leave a guarded call from an
 * NMI, return from the NMI to land(), on the stack of the guarded call.
 */
static void return_to_guard(struct cpu *c, struct pushed_frame *f, int how)
{
	u64 rsp = c->guards[c->nr_guards - 1].rsp;

	c->landing = how;
	f->rip = (u64)(uintptr_t)land;
	f->rsp = round_down(rsp - 256, 16ULL) - 8; /* aligned as after a call */
	f->rflags = 2;
}

bool trap_stop(struct cpu *c, struct pushed_frame *f)
{
	if (!c->nr_guards)
		return false;
	c->nr_guards = 1;
	return_to_guard(c, f, GUARD_STOP);
	return true;
}

void nmi_handle(struct pushed_frame *f)
{
	struct cpu *c = this_cpu();

	if (tlb_nmi(c, f))
		return;
	keep(c, f); /* not from us: the hardware reports an error */
	return_to_guard(c, f, GUARD_FAULT);
}

/* ---- descriptor tables ------------------------------------------------------------------- */

struct __attribute__((packed)) idt_gate { /* SDM vol. 3, 6.14.1 */
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_middle;
	u32 offset_high, zero;
};

extern const u8 trap_stubs[256][16], nmi_stub[];

static struct idt_gate idt[256]; /* for all CPUs */

/* Exceptions use their own stacks, so that a bad stack pointer can be reported too. */
static u8 ist_of(unsigned vector)
{
	switch (vector) {
	case 8: /* #DF */
		return 2;
	case 2: /* NMI */
		return 3;
	case 18: /* #MC */
		return 4;
	default:
		return 1;
	}
}

void trap_init(void)
{
	for (unsigned v = 0; v < 256; v++) {
		u64 entry = (u64)(uintptr_t)(v == 2 ? nmi_stub : trap_stubs[v]);

		idt[v] = (struct idt_gate){
			.offset_low = (u16)entry,
			.selector = OUR_CS,
			.ist = ist_of(v),
			.type = 0x8e, /* present, DPL 0, 64-bit interrupt gate */
			.offset_middle = (u16)(entry >> 16),
			.offset_high = (u32)(entry >> 32),
		};
	}
}

u64 trap_idt(void)
{
	return (u64)(uintptr_t)idt;
}

void trap_init_cpu(struct cpu *c, u8 *stacks)
{
	u64 base = (u64)(uintptr_t)&c->tss, limit = sizeof(c->tss) - 1;

	for (u32 i = 0; i < GATE_TRAP_STACKS; i++)
		c->tss.ist[i] = (u64)(uintptr_t)stacks + (i + 1) * GATE_TRAP_STACK_SIZE;
	c->tss.io_map = sizeof(c->tss);
	c->gdt[OUR_CS / 8] = 0x00af9b000000ffff; /* 64-bit code */
	c->gdt[OUR_DS / 8] = 0x00cf93000000ffff; /* data */
	c->gdt[OUR_TR / 8] = (limit & 0xffff) | (base & 0xffffff) << 16 | DESCRIPTOR_TSS |
			     (base >> 24 & 0xff) << 56;
	c->gdt[OUR_TR / 8 + 1] = base >> 32;
}

/*
 * Loads our TSS with a selector beyond any GDT of the firmware: from a temporary table whose base
 * is far enough below the descriptor. TR cannot be set to null again, and firmware without a TSS
 * may take our selector for its own: EDK2's MP services load TR again on each AP, unless the
 * selector is beyond their GDT.
 */
void trap_load_task(struct cpu *c)
{
	u64 *descriptor = &c->gdt[OUR_TR / 8];
	struct table_pointer gdt = {0xffff, (u64)(uintptr_t)descriptor - FAR_TR}, own = sgdt();

	*descriptor &= ~TSS_BUSY; /* LTR refuses a busy TSS */
	lgdt(&gdt);
	ltr(FAR_TR);
	lgdt(&own);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Exceptions in our world: the frame is kept, and the innermost guarded call ends with it. */
#include "arch_x86.h"
#include "lib.h"
#include "regs.h"
#include "x86.h"

#define MAX_GUARDS 16

#define COM1	      0x3f8
#define COM1_STATUS   (COM1 + 5)
#define COM1_CAN_SEND 0x20
#define COM1_PATIENCE 10000 /* reads of about a microsecond: a byte takes 90 at 115200 baud */

struct guard { /* trap.S knows the order */
	u64 rbx, rbp, r12, r13, r14, r15, rsp, rip;
};

/* What the CPU has pushed lies above what trap_common pushes: one struct from the bottom up. */
struct pushed_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector, error, rip, cs, rflags, rsp, ss;
};
_Static_assert(offsetof(struct pushed_frame, ss) == offsetof(struct trap_frame, ss),
	       "trap_frame begins as trap_common pushes it");

int guard_enter(struct guard *g) __attribute__((returns_twice));
void guard_leave(struct guard *g, int how) __attribute__((noreturn));
void trap_handle(const struct pushed_frame *f) __attribute__((noreturn));

enum { GUARD_FAULT = 1, GUARD_ABORT };

static struct guard guards[MAX_GUARDS];
static int nr_guards;
static struct trap_frame trapped;

int arch_guarded(int (*fn)(void *arg), void *arg, int *ret_value, struct trap_frame *ret_trap)
{
	int how;

	ASSERT(nr_guards < MAX_GUARDS, "%d guards", nr_guards);
	how = guard_enter(&guards[nr_guards]);
	if (!how) {
		nr_guards++;
		*ret_value = fn(arg);
		nr_guards--;
		return 0;
	}
	if (how == GUARD_FAULT)
		*ret_trap = trapped;
	return how == GUARD_FAULT ? -EFAULT : -EINTR;
}

void arch_guarded_abort(void)
{
	if (nr_guards && gate_in_our_world())
		guard_leave(&guards[--nr_guards], GUARD_ABORT);
}

/* COM1 as the firmware left it; where there is none, its status reads as ready. */
static void com1_write(const char *s, int n)
{
	while (n-- > 0) {
		for (int i = 0; i < COM1_PATIENCE && !(inb(COM1_STATUS) & COM1_CAN_SEND); i++)
			;
		outb(COM1, (u8)*s++);
	}
}

/* No guard to go back to. Nothing that was going on can be trusted, least of all the state that
 * the way back to the firmware needs: so the message goes out by ports, and the CPU stops. */
static void __attribute__((noreturn)) stop(const struct pushed_frame *f)
{
	char text[160];
	int n = fmt_print(
		text, sizeof(text),
		"tablewalk: exception %llu, error %#llx at rip %#llx, cr2 %#llx: stopped\r\n",
		f->vector, f->error, f->rip, read_cr2());

	debugcon_write(text, (size_t)n);
	com1_write(text, n);
	for (;;)
		__asm__ volatile("cli; hlt");
}

void trap_handle(const struct pushed_frame *f)
{
	if (!nr_guards)
		stop(f);
	memcpy(&trapped, f, sizeof(*f));
	trapped.cr2 = read_cr2();
	guard_leave(&guards[--nr_guards], GUARD_FAULT);
}

/* ---- descriptor tables ---------------------------------------------------------------------- */

struct __attribute__((packed)) idt_gate { /* SDM vol. 3, 6.14.1 */
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_middle;
	u32 offset_high, zero;
};

struct __attribute__((packed)) tss { /* SDM vol. 3, 7.7 */
	u32 reserved0;
	u64 rsp[3], reserved1, ist[7], reserved2;
	u16 reserved3, io_map;
};

extern const u8 trap_stubs[256][16];

static struct idt_gate idt[256];
static struct tss tss;
static u64 gdt[5];

/* Exceptions get stacks of their own, so that a bad stack pointer can be reported too. */
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

void trap_init(u8 *stacks, u32 nr_stacks, u64 stack_size, struct table_pointer *ret_gdt,
	       struct table_pointer *ret_idt)
{
	u64 base = (u64)(uintptr_t)&tss, limit = sizeof(tss) - 1;

	for (unsigned v = 0; v < 256; v++) {
		u64 entry = (u64)(uintptr_t)trap_stubs[v];

		idt[v] = (struct idt_gate){
			.offset_low = (u16)entry,
			.selector = OUR_CS,
			.ist = ist_of(v),
			.type = 0x8e, /* present, DPL 0, 64-bit interrupt gate */
			.offset_middle = (u16)(entry >> 16),
			.offset_high = (u32)(entry >> 32),
		};
	}
	for (u32 i = 0; i < nr_stacks; i++)
		tss.ist[i] = (u64)(uintptr_t)stacks + (i + 1) * stack_size;
	tss.io_map = sizeof(tss);
	gdt[OUR_CS / 8] = 0x00af9b000000ffff; /* 64-bit code */
	gdt[OUR_DS / 8] = 0x00cf93000000ffff; /* data */
	gdt[OUR_TR / 8] = (limit & 0xffff) | (base & 0xffffff) << 16 | DESCRIPTOR_TSS |
			  (base >> 24 & 0xff) << 56;
	gdt[OUR_TR / 8 + 1] = base >> 32;
	*ret_gdt = (struct table_pointer){sizeof(gdt) - 1, (u64)(uintptr_t)gdt};
	*ret_idt = (struct table_pointer){sizeof(idt) - 1, (u64)(uintptr_t)idt};
}

void trap_tss_available(void)
{
	gdt[OUR_TR / 8] &= ~TSS_BUSY; /* LTR wants a TSS that is not marked busy */
}

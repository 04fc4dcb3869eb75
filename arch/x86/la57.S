/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The stub that changes between 4 and 5 levels. CR4.LA57 may only be written with paging off, and
 * paging can only be turned off outside 64-bit mode (SDM vol. 3, 4.1.2 and 10.8.5.4).
 *
 * It is copied to a page below 4 GiB, with its data in the next page (x86.h: LA57_*), and called in
 * 64-bit mode with interrupts, CR4.PGE, PCIDE and CET off: rdi = address of the code page. (Paging
 * cannot be turned off while PCIDE is on, and PCIDE cannot be turned on outside 64-bit mode.) The
 * small tables, the old tables and the new tables all map it at the same address. It returns with
 * LA57_CR3 and LA57_CR4 loaded and with its own GDT and segments; the caller loads others. Clobbers
 * rax, rcx, rdx. Other registers are saved on the stack, which the new tables map too: 32-bit mode
 * does not keep their upper halves.
 */
#include "x86.h"

	.text
	.balign 16
	.globl la57_stub, la57_stub_end, la57_stub_32, la57_stub_64
la57_stub:
	pushq	%rbx
	pushq	%rbp
	pushq	%rdi
	pushq	%rsi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	leaq	LOW_DATA(%rdi), %rbx		/* below 4 GiB: fits in ebx in 32-bit mode */
	movq	%rsp, LA57_RSP(%rbx)
	movq	LA57_ROOT_NOW(%rbx), %rax
	movq	%rax, %cr3			/* now only these pages are mapped */
	lgdt	LA57_GDTR(%rbx)
	ljmpl	*LA57_FAR32(%rbx)

	.code32
la57_stub_32:
	movl	$LA57_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%cr0, %eax
	andl	$~0x80000000, %eax
	movl	%eax, %cr0			/* paging off; EFER.LME stays on */
	movl	LA57_CR4(%ebx), %ecx
	movl	%ecx, %cr4
	movl	LA57_ROOT_NEW(%ebx), %ecx
	movl	%ecx, %cr3
	orl	$0x80000000, %eax
	movl	%eax, %cr0
	ljmpl	*LA57_FAR64(%ebx)

	.code64
la57_stub_64:
	movl	%ebx, %ebx			/* the upper half is undefined */
	movq	LA57_CR3(%rbx), %rax
	movq	%rax, %cr3
	movq	LA57_RSP(%rbx), %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rsi
	popq	%rdi
	popq	%rbp
	popq	%rbx
	ret
la57_stub_end:

	.if	la57_stub_end - la57_stub > 0x1000
	.error	"the stub must fit into one page"
	.endif
	.section .note.GNU-stack, "", @progbits

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Entry of every exception and interrupt in our world, and the code that leaves one.
 *
 * trap_stubs: 256 stubs of 16 bytes. Each pushes [vector, error] (0 if the CPU pushes no error
 * code: SDM vol. 3, table 6-1) and jumps to trap_common, which completes a struct trap_frame
 * (arch.h) and calls trap_handle(frame). That never returns: no exception in our world is repaired
 * and resumed. NMIs have their own entry: nmi_stub calls nmi_handle(frame) and returns by the
 * frame, which nmi_handle may have changed.
 *
 * int guard_enter(struct guard *g): like setjmp, 0 the first time. g: rbx rbp r12-r15 rsp rip.
 * guard_leave(struct guard *g, int how): guard_enter returns again, with `how`.
 */
	.text
	.balign 16
	.globl trap_stubs
trap_stubs:
	.set vector, 0
	.rept 256
	.org	trap_stubs + 16 * vector	/* an error if a stub is longer */
	/* #DF #TS #NP #SS #GP #PF #AC #CP #VC #SX push an error code */
	.if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
	pushq	$0
	.endif
	pushq	$vector
	jmp	trap_common
	.set vector, vector + 1
	.endr

	.macro	push_registers
	.irp	reg, rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
	pushq	%\reg
	.endr
	.endm

trap_common:
	cld
	push_registers
	movq	%rsp, %rdi
	andq	$-16, %rsp
	call	trap_handle
	ud2

	.globl nmi_stub
nmi_stub:
	pushq	$0
	pushq	$2
	cld
	push_registers
	movq	%rsp, %rdi
	movq	%rsp, %rbx
	andq	$-16, %rsp
	call	nmi_handle
	movq	%rbx, %rsp
	.irp	reg, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax
	popq	%\reg
	.endr
	addq	$16, %rsp
	iretq

	.globl guard_enter
guard_enter:
	movq	%rbx, (%rdi)
	movq	%rbp, 8(%rdi)
	movq	%r12, 16(%rdi)
	movq	%r13, 24(%rdi)
	movq	%r14, 32(%rdi)
	movq	%r15, 40(%rdi)
	leaq	8(%rsp), %rax		/* as it will be after ret */
	movq	%rax, 48(%rdi)
	movq	(%rsp), %rax
	movq	%rax, 56(%rdi)
	xorl	%eax, %eax
	ret

	.globl guard_leave
guard_leave:
	movl	%esi, %eax
	movq	(%rdi), %rbx
	movq	8(%rdi), %rbp
	movq	16(%rdi), %r12
	movq	24(%rdi), %r13
	movq	32(%rdi), %r14
	movq	40(%rdi), %r15
	movq	48(%rdi), %rsp
	jmp	*56(%rdi)

	.section .note.GNU-stack, "", @progbits

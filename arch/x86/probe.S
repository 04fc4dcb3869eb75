/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The probe's code, position-independent: it is copied into a page that our tables and the probe's
 * map at the same address.
 *
 * probe_code(data): loads the state that probe.c put into the data page, does the raw steps
 * (probe.h) and restores the old state from there. r15: data, r14: the step. Every exception goes
 * to `trapped`, which stores it in the step and continues with the next step: no exception returns.
 */
#include "probe.h"
#include "x86.h"

#define MSR_EFER_NR 0xc0000080
#define MSR_PKRS_NR 0x6e1

/* Loads protection keys of user and supervisor pages, if CR4.PKE is on and the CPU has them. */
	.macro	keys pkru, pkrs
	movq	%cr4, %rax
	btl	$22, %eax
	jnc	1f
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	movl	\pkru, %eax
	.byte	0x0f, 0x01, 0xef	/* wrpkru */
1:	cmpl	$0, D_HAVE_PKS(%r15)
	je	1f
	movl	$MSR_PKRS_NR, %ecx
	xorl	%edx, %edx
	movl	\pkrs, %eax
	wrmsr
1:
	.endm

	.macro	set_cr nr, from
	movq	\from, %rax
	movq	%rax, %cr\nr
	.endm

	.macro	set_efer from
	movl	$MSR_EFER_NR, %ecx
	movl	\from, %eax
	movl	4+\from, %edx
	wrmsr
	.endm

	.text
	.balign 16
	.globl probe_code, probe_code_end, probe_traps, probe_user, probe_user_end
probe_code:
	.irp	reg, rbx, rbp, r12, r13, r14, r15
	pushq	%\reg
	.endr
	movq	%rdi, %r15
	movq	%rsp, D_RSP(%r15)
	lgdt	D_GDTR(%r15)
	lidt	D_IDTR(%r15)
	movl	$OUR_TR, %eax
	ltr	%ax
	leaq	(PROBE_STACK - PROBE_DATA + 0x1000)(%r15), %rsp
	movq	D_CR4(%r15), %rax	/* flushes global translations of the other tree */
	andq	$~0x80, %rax
	movq	%rax, %cr4
	set_cr	3, D_NEW_CR3(%r15)
	set_efer D_NEW_EFER(%r15)
	set_cr	4, D_NEW_CR4(%r15)
	keys	D_PKRU(%r15), D_PKRS(%r15)
	set_cr	0, D_NEW_CR0(%r15)
	leaq	(PROBE_STEPS - PROBE_DATA)(%r15), %r14

step:	leaq	(PROBE_STACK - PROBE_DATA + 0x1000)(%r15), %rsp
	movl	S_OP(%r14), %ebx
	movq	S_ADDR(%r14), %rdi
	pushq	D_NEW_FLAGS(%r15)
	popfq
	movl	$0xcc, %eax
	cmpl	$RAW_USER_READ, %ebx
	jae	user
	leaq	actions(%rip), %rdx
	movslq	(%rdx, %rbx, 4), %rcx
	addq	%rdx, %rcx
	jmp	*%rcx
	.balign 4
actions: .long	leave - actions, store - actions, forget - actions, load - actions
	.long	read - actions, write - actions, execute - actions

store:	movq	S_VALUE(%r14), %rax
	movq	%rax, (%rdi)
	jmp	next
forget:	invlpg	(%rdi)
	jmp	next
load:	movq	(%rdi), %rax
	movq	%rax, S_VALUE(%r14)
	jmp	next
read:	movb	(%rdi), %al
	movzbl	%al, %eax
	movq	%rax, S_VALUE(%r14)
	jmp	through
write:	movb	%al, (%rdi)
	jmp	through
execute: jmp	*%rdi			/* to an INT3 */

user:	pushq	$PROBE_USER_DS
	pushq	$0
	pushq	D_NEW_FLAGS(%r15)
	pushq	$PROBE_USER_CS
	leaq	(PROBE_USER - PROBE_DATA)(%r15), %rdx
	subl	$RAW_USER_READ, %ebx
	leaq	(%rdx, %rbx, 8), %rdx	/* read at 0, write at 8 */
	cmpl	$2, %ebx
	cmoveq	%rdi, %rdx
	pushq	%rdx
	iretq

through: movq	$RAW_DONE, S_VECTOR(%r14)
next:	addq	$S_SIZE, %r14
	jmp	step

	.balign 16
probe_traps:				/* 16 bytes each */
	.set vector, 0
	.rept 32
	.org	probe_traps + 16 * vector
	.if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
	pushq	$0
	.endif
	pushq	$vector
	jmp	trapped
	.set vector, vector + 1
	.endr
	.org	probe_traps + 16 * 32
trapped:
	popq	S_VECTOR(%r14)
	popq	S_ERROR(%r14)
	movq	%cr2, %rax
	movq	%rax, S_CR2(%r14)
	jmp	next

leave:	keys	$0, $0
	set_efer D_EFER(%r15)
	movq	D_CR4(%r15), %rax
	andq	$~0x80, %rax
	movq	%rax, %cr4
	set_cr	3, D_CR3(%r15)
	set_cr	4, D_CR4(%r15)
	set_cr	0, D_CR0(%r15)
	lgdt	D_OLD_GDTR(%r15)
	lidt	D_OLD_IDTR(%r15)
	movl	$OUR_DS, %eax
	movl	%eax, %ss		/* null after an exception in ring 3 */
	movl	%eax, %ds
	movl	%eax, %es
	movq	D_RSP(%r15), %rsp
	pushq	D_RFLAGS(%r15)
	popfq
	.irp	reg, r15, r14, r13, r12, rbp, rbx
	popq	%\reg
	.endr
	ret
probe_code_end:

	.balign 8
probe_user:				/* ring 3: rdi is the address, al the byte */
	movb	(%rdi), %al
	int3
	.balign 8
	movb	%al, (%rdi)
	int3
probe_user_end:

	.section .note.GNU-stack, "", @progbits

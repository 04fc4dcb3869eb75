/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Stacks and segments, which C code cannot change.
 *
 * gate_call_on(fn, arg, stack_top, u64 *save): calls fn(arg) on another stack. *save is the stack
 * pointer of the caller, so that a second call, from fn, can run on that stack.
 * gate_load_segments(cs, ds, ss, es): far return into cs; loads the data segments. FS and GS are
 * not touched, so they keep their bases.
 */
	.text
	.globl gate_call_on
gate_call_on:
	pushq	%rbp
	movq	%rsp, %rbp
	movq	%rsp, (%rcx)
	movq	%rdx, %rsp
	andq	$-16, %rsp
	movq	%rdi, %rax
	movq	%rsi, %rdi
	call	*%rax
	movq	%rbp, %rsp
	popq	%rbp
	ret

	.globl gate_load_segments
gate_load_segments:
	popq	%rax			/* return address */
	movzwl	%di, %edi
	pushq	%rdi
	pushq	%rax
	movw	%si, %ds
	movw	%dx, %ss
	movw	%cx, %es
	lretq

	.section .note.GNU-stack, "", @progbits

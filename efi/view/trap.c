/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* An exception in words: vector, error code by bits, registers, and the walk of CR2. */
#include "ui/views.h"

static const char *const vector_names[] = {
	"#DE divide error",
	"#DB debug",
	"NMI",
	"#BP breakpoint",
	"#OF overflow",
	"#BR bound range",
	"#UD invalid opcode",
	"#NM no device",
	"#DF double fault",
	"vector 9",
	"#TS invalid TSS",
	"#NP segment not present",
	"#SS stack fault",
	"#GP general protection",
	"#PF page fault",
	"vector 15",
	"#MF x87 error",
	"#AC alignment check",
	"#MC machine check",
	"#XM SIMD error",
	"#VE virtualization",
	"#CP control protection",
};

/* Page-fault error code, SDM vol. 3, 4.7. */
static void show_pf_error(struct emit *out, u64 error)
{
	emit_put(out,
		 "  error code {error_code:#x}: {access} of a {page_present?present|non-present} "
		 "page in "
		 "{user_mode?user|supervisor} mode{reserved_bit?, a reserved bit is set}"
		 "{protection_key?, protection key}{shadow_stack?, shadow stack}\n",
		 error,
		 error & 1 << 4	  ? "instruction fetch"
		 : error & 1 << 1 ? "write"
				  : "read",
		 error & 1, error & 1 << 2, error & 1 << 3, error & 1 << 5, error & 1 << 6);
}

static void show_walk(struct emit *out, const struct pgtable *pt, u64 va)
{
	struct pt_path path;
	enum pt_result result = pt_lookup(pt, va, &path);

	emit_put(out, "  walk of {virtual:016x}: {result}\n", va,
		 result == PT_MAPPED	      ? "mapped"
		 : result == PT_NOT_CANONICAL ? "not canonical"
		 : result == PT_NOT_PRESENT   ? "not present"
					      : "a table cannot be read");
	emit_list(out, "walk");
	for (u32 i = 0; i < path.nr; i++) {
		const struct pt_entry *e = &path.entry[i];

		emit_row(out, "    {level:-5} [{index:3}] {physical:016x} => {entry:016x}\n",
			 pt_level_name(pt, e->level), e->index, e->table + e->index * 8ULL, e->val);
	}
	emit_end(out);
}

static void show_registers(struct emit *out, const struct trap_frame *f)
{
	emit_put(out, "  rax {rax:016x} rbx {rbx:016x} rcx {rcx:016x} rdx {rdx:016x}\n", f->rax,
		 f->rbx, f->rcx, f->rdx);
	emit_put(out, "  rsi {rsi:016x} rdi {rdi:016x} rbp {rbp:016x} rsp {rsp:016x}\n", f->rsi,
		 f->rdi, f->rbp, f->rsp);
	emit_put(out, "  r8  {r8:016x} r9  {r9:016x} r10 {r10:016x} r11 {r11:016x}\n", f->r8, f->r9,
		 f->r10, f->r11);
	emit_put(out, "  r12 {r12:016x} r13 {r13:016x} r14 {r14:016x} r15 {r15:016x}\n", f->r12,
		 f->r13, f->r14, f->r15);
	emit_put(out, "  cs {cs:x} ss {ss:x} rflags {rflags:x} cr2 {cr2:016x}\n", f->cs, f->ss,
		 f->rflags, f->cr2);
}

void view_trap(struct emit *out, const struct pgtable *pt, const struct trap_frame *f)
{
	emit_object(out, out->depth && !(out->is_list >> out->depth & 1) ? "exception" : NULL);
	emit_put(out, "exception {vector}: {name} at RIP {rip:016x}\n", f->vector,
		 f->vector < ARRAY_SIZE(vector_names) ? vector_names[f->vector] : "unexpected",
		 f->rip);
	if (f->vector == 14)
		show_pf_error(out, f->error);
	else if (f->error)
		emit_put(out, "  error code {error_code:#x}\n", f->error);
	show_registers(out, f);
	if (f->vector == 14)
		show_walk(out, pt, f->cr2);
	emit_text(out, "The command was ended; what it had half done stays half done.\n");
	emit_end(out);
}

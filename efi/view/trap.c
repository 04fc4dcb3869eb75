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
	emit_text(out, "  error code %#llx: %s of a %s page in %s mode%s%s%s\n", error,
		  error & 1 << 4   ? "instruction fetch"
		  : error & 1 << 1 ? "write"
				   : "read",
		  error & 1 ? "present" : "non-present", error & 1 << 2 ? "user" : "supervisor",
		  error & 1 << 3 ? ", a reserved bit is set" : "",
		  error & 1 << 5 ? ", protection key" : "", error & 1 << 6 ? ", shadow stack" : "");
}

static void show_walk(struct emit *out, const struct pgtable *pt, u64 va)
{
	struct pt_path path;
	enum pt_result result = pt_lookup(pt, va, &path);

	emit_text(out, "  walk of %016llx: %s\n", va,
		  result == PT_MAPPED	       ? "mapped"
		  : result == PT_NOT_CANONICAL ? "not canonical"
		  : result == PT_NOT_PRESENT   ? "not present"
					       : "a table cannot be read");
	for (u32 i = 0; i < path.nr; i++) {
		const struct pt_entry *e = &path.entry[i];

		emit_text(out, "    %-5s [%3u] %016llx => %016llx\n", pt_level_name(pt, e->level),
			  e->index, e->table + e->index * 8ULL, e->val);
	}
}

void view_trap(struct emit *out, const struct pgtable *pt, const struct trap_frame *f)
{
	emit_text(out, "exception %llu: %s at RIP %016llx\n", f->vector,
		  f->vector < ARRAY_SIZE(vector_names) ? vector_names[f->vector] : "unexpected",
		  f->rip);
	if (f->vector == 14)
		show_pf_error(out, f->error);
	else if (f->error)
		emit_text(out, "  error code %#llx\n", f->error);
	emit_text(out, "  rax %016llx rbx %016llx rcx %016llx rdx %016llx\n", f->rax, f->rbx,
		  f->rcx, f->rdx);
	emit_text(out, "  rsi %016llx rdi %016llx rbp %016llx rsp %016llx\n", f->rsi, f->rdi,
		  f->rbp, f->rsp);
	emit_text(out, "  r8  %016llx r9  %016llx r10 %016llx r11 %016llx\n", f->r8, f->r9, f->r10,
		  f->r11);
	emit_text(out, "  r12 %016llx r13 %016llx r14 %016llx r15 %016llx\n", f->r12, f->r13,
		  f->r14, f->r15);
	emit_text(out, "  cs %llx ss %llx rflags %llx cr2 %016llx\n", f->cs, f->ss, f->rflags,
		  f->cr2);
	if (f->vector == 14)
		show_walk(out, pt, f->cr2);
	emit_text(out, "The command was ended; what it had half done stays half done.\n");
}

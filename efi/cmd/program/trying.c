/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Holding still, and mistakes on purpose. */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/pgtable/diff.h"
#include "arch/smp.h"

/* ---- hold -------------------------------------------------------------------------------- */

static u64 cycles_per_second(void)
{
	u64 start = arch_cycles();

	fw_stall(20000);
	return (arch_cycles() - start) * 50;
}

static void spin(void *arg)
{
	u64 cycles = *(u64 *)arg;

	for (u64 start = arch_cycles(); arch_cycles() - start < cycles;)
		;
}

/* All that we stand on must be there and be the same; what the clone has beside it does no harm. */
static int find_missing(void *ctx, const struct pt_difference *d)
{
	*(u64 *)ctx = d->start;
	return d->what != PT_DIFF_ONLY_B;
}

static int check_clone(struct cmd_call *call)
{
	struct app *app = call->app;
	u64 at = 0;

	if (!app->have_clone)
		return cmd_error(call, -ENODEV, "there is no clone; `clone own` makes one");
	if (pt_format_of(&app->clone.pt) != pt_format_of(&app->sys.pt) ||
	    pt_diff(&app->sys.pt, &app->clone.pt, 0, pt_last(&app->sys.pt), find_missing, &at))
		return cmd_error(
			call, -EPERM,
			"the CPU cannot stand on this clone: it differs from `own` at %#llx", at);
	return app->machine.described
		       ? cmd_error(call, -ENODEV, "the clone of a described machine has no CPU")
		       : 0;
}

/* The tables to stand on: a last word `own`, `fw` or `clone`, which is taken out. */
static int hold_tables(struct cmd_call *call, const struct pgtable **ret)
{
	struct app *app = call->app;
	const char *word = call->argc ? call->argv[call->argc - 1] : "own";

	*ret = &app->sys.pt;
	if (!strcmp(word, "fw"))
		*ret = &app->fw_pt;
	else if (!strcmp(word, "clone"))
		*ret = &app->clone.pt;
	else if (strcmp(word, "own"))
		return 0;
	call->argc -= call->argc > 0;
	if (*ret == &app->fw_pt && app->machine.described)
		return cmd_error(call, -ENODEV, "a described machine has no firmware tables");
	return *ret == &app->clone.pt ? check_clone(call) : 0;
}

/* Without crossing, so that CR3 stays as it is for those who look from outside. */
static void hold_on(struct app *app, const struct pgtable *pt, u64 seconds)
{
	u64 cycles;

	if (pt == &app->fw_pt) {
		fw_stall(seconds * 1000000);
		return;
	}
	cycles = seconds * cycles_per_second();
	if (pt == &app->sys.pt || arch_with_root(pt->root, spin, &cycles))
		spin(&cycles);
}

static int cmd_hold(struct cmd_call *call)
{
	const struct pgtable *pt;
	u64 seconds = 10;
	int err = hold_tables(call, &pt);

	if (!err && call->argc)
		err = cmd_arg_u64(call, 0, &seconds);
	if (!err)
		err = cmd_no_more_args(call, 1);
	if (err)
		return err;
	if (seconds > 3600)
		return cmd_error(call, -ERANGE, "%llu seconds: at most 3600", seconds);
	emit_object(call->out, NULL);
	emit_put(call->out, "holding for {seconds} s: CR3 is {cr3:#x}, {levels} levels\n", seconds,
		 pt->root, pt->levels);
	emit_end(call->out);
	shell_flush(&call->app->shell);
	hold_on(call->app, pt, seconds);
	return 0;
}

/* ---- fault ------------------------------------------------------------------------------- */

/* Goes deeper than any stack is. The depth is volatile, so that no compiler sees that it is. */
static __attribute__((noinline)) u32 overflow_stack(volatile u32 *depth)
{
	volatile u8 here[512];

	here[*depth % sizeof(here)] = 1;
	if (!--*depth)
		return 0;
	return overflow_stack(depth) + here[0];
}

/* Each is an ordinary bug of a C program; how it is reported is the point. */
static int raise(const char *kind)
{
	volatile u64 zero = 0;
	volatile u32 depth = ~0u;

	if (!strcmp(kind, "pf"))
		return (int)*(volatile u64 *)(uintptr_t)zero;
	if (!strcmp(kind, "gp"))
		return (int)*(volatile u64 *)(uintptr_t)(0x8000000000000000ULL + zero);
	if (!strcmp(kind, "de"))
		return (int)(100 / zero);
	if (!strcmp(kind, "stack"))
		return (int)overflow_stack(&depth);
	if (!strcmp(kind, "ud"))
		__builtin_trap();
	return 0;
}

static const char *const fault_words[] = {"pf", "gp", "ud", "de", "stack", "assert", "spin", NULL};

/* A mistake that another CPU makes. */
struct far_fault {
	const char *kind;
	u32 cpu;
};

static void fault_there(const struct smp_call *call)
{
	const struct far_fault *f = call->arg;

	if (call->cpu != f->cpu)
		return;
	ASSERT(strcmp(f->kind, "assert"), "asked for with `%s`", f->kind);
	while (!strcmp(f->kind, "spin"))
		__builtin_ia32_pause();
	raise(f->kind);
}

#define FAULT_PATIENCE_MS 1000

static int fault_on(struct cmd_call *call, const char *kind, const char *cpu_word)
{
	struct far_fault f = {.kind = kind};
	struct smp_result result;
	u64 cpu;

	if (parse_u64(cpu_word, &cpu) || !cpu || cpu >= smp_nr_cpus())
		return cmd_error(call, -EINVAL,
				 "--cpu %s: must be one beside CPU 0, below %u (`cpus`)", cpu_word,
				 smp_nr_cpus());
	f.cpu = (u32)cpu;
	return cmd_smp_failed(call, smp_run_timed(fault_there, &f, FAULT_PATIENCE_MS, &result),
			      &result);
}

static int cmd_fault(struct cmd_call *call)
{
	const char *kind, *cpu = NULL;
	int got = cmd_option(call, "cpu", &cpu);
	u32 i = 0;

	if (got < 0)
		return got;
	kind = call->argc ? call->argv[0] : "pf";
	while (fault_words[i] && strcmp(kind, fault_words[i]))
		i++;
	if (!fault_words[i] || (!strcmp(kind, "spin") && !cpu))
		return cmd_error(call, -EINVAL,
				 "%s: kinds are pf, gp, ud, de, stack and assert; spin with --cpu",
				 kind);
	if (cpu)
		return fault_on(call, kind, cpu);
	ASSERT(strcmp(kind, "assert"), "asked for with `%s`", kind);
	return raise(kind);
}

static const struct cmd rows[] = {
	{.name = "fault",
	 .args = "[pf|gp|ud|de|stack|assert|spin] [--cpu N]",
	 .help = "make a mistake on purpose, to see how it is reported and survived",
	 .fn = cmd_fault,
	 .words = fault_words,
	 .examples = "fault pf",
	 .max_args = 1},
	{.name = "hold",
	 .args = "[SECONDS] [own|fw|clone]",
	 .help = "stay on these page tables (a clone must have all of ours), so that a debugger "
		 "can look",
	 .fn = cmd_hold,
	 .examples = "hold 0",
	 .max_args = 2,
	 .flags = CMD_SCREEN},
};

const struct cmd_table cmds_trying = {ROOM_SANDBOX, rows, ARRAY_SIZE(rows)};

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Commands that do something with the machine's memory. */
#include "cmds.h"
#include "lib.h"
#include "mm/pt_diff.h"
#include "ui/views.h"

/* ---- exercise ---------------------------------------------------------------------------------
 */

/* Crosses to the firmware to look for Esc, as output does. */
static int poll_stop(void *ctx, u64 done, u64 total)
{
	struct cmd_call *call = ctx;

	(void)done;
	(void)total;
	if (shell_poll(&call->app->shell))
		call->out->stopped = true;
	return emit_stopped(call->out);
}

static int cmd_exercise(struct cmd_call *call)
{
	struct app *app = call->app;
	struct exercise_config cfg = exercise_defaults();
	int err = cmd_needs_mm(call);

	cfg.seed = app->options.seed;
	cfg.poll = poll_stop;
	cfg.poll_ctx = call;
	if (!err)
		err = cmd_option_u64(call, "seed", &cfg.seed);
	if (!err)
		err = cmd_option_u64(call, "steps", &cfg.steps);
	if (!err)
		err = cmd_no_more_args(call, 0);
	if (err)
		return err;
	err = exercise_run(&app->sys, &cfg, &app->last_exercise);
	app->exercised = true;
	view_exercise(call->out, &app->last_exercise);
	return err;
}

/* ---- hold
 * ---------------------------------------------------------------------------------------- */

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

/* Without crossing, so that CR3 stays what it is for whoever looks from outside. */
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
	emit_text(call->out, "holding for %llu s: CR3 is %#llx, %u levels\n", seconds, pt->root,
		  pt->levels);
	shell_flush(&call->app->shell);
	hold_on(call->app, pt, seconds);
	return 0;
}

/* ---- fault
 * --------------------------------------------------------------------------------------- */

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

static const char *const fault_words[] = {"pf", "gp", "ud", "de", "stack", "assert", NULL};

static int cmd_fault(struct cmd_call *call)
{
	const char *kind = call->argc ? call->argv[0] : "pf";
	int err = cmd_no_more_args(call, 1);

	if (err)
		return err;
	for (u32 i = 0; fault_words[i]; i++) {
		if (strcmp(kind, fault_words[i]))
			continue;
		ASSERT(strcmp(kind, "assert"), "asked for with `%s`", kind);
		return raise(kind);
	}
	return cmd_error(call, -EINVAL, "%s: kinds are pf, gp, ud, de, stack and assert", kind);
}

static const struct cmd rows[] = {
	{"exercise", "[seed=N] [steps=N]",
	 "pages, objects and areas under a random load; every invariant checked", cmd_exercise,
	 NULL},
	{"fault", "[pf|gp|ud|de|stack|assert]",
	 "make a mistake on purpose, to see how it is reported and survived", cmd_fault,
	 fault_words},
	{"hold", "[SECONDS] [own|fw|clone]",
	 "stay on these page tables (a clone must have all of ours), so that a debugger can look",
	 cmd_hold, NULL},
};

const struct cmd_table cmds_run = {"On the real memory", rows, ARRAY_SIZE(rows)};

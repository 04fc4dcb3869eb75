/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `access` asks the model about any tables; `probe` lets the CPU try the clone; `stale`. */
#include "app/tables.h"
#include "lib.h"
#include "probe.h"

static const struct {
	const char *word;
	u8 kind;
} kinds[] = {{"r", ACCESS_READ},    {"w", ACCESS_WRITE},     {"x", ACCESS_EXEC},
	     {"s", ACCESS_SS_READ}, {"sr", ACCESS_SS_READ},  {"sw", ACCESS_SS_WRITE},
	     {"read", ACCESS_READ}, {"write", ACCESS_WRITE}, {"execute", ACCESS_EXEC}};

/* "VA r|w|x|sr|sw [user|supervisor]" from the arguments. */
static int access_args(struct cmd_call *call, struct probe_request *r)
{
	const char *word = call->argc > 1 ? call->argv[1] : "r";
	u32 i = 0;
	int err = cmd_arg_addr(call, 0, &r->va);

	if (err)
		return err;
	while (i < ARRAY_SIZE(kinds) && strcmp(kinds[i].word, word))
		i++;
	if (i == ARRAY_SIZE(kinds))
		return cmd_error(call, -EINVAL,
				 "%s: accesses are r, w, x, sr and sw (shadow stack)", word);
	r->kind = kinds[i].kind;
	word = call->argc > 2 ? call->argv[2] : "supervisor";
	r->user = !strcmp(word, "user");
	if (!r->user && strcmp(word, "supervisor"))
		return cmd_error(call, -EINVAL, "%s: user or supervisor", word);
	return cmd_no_more_args(call, 3);
}

/* wp=0 smap=1 ...: takes them out. */
static int control_args(struct cmd_call *call, struct access_cpu *cpu)
{
	struct {
		const char *name;
		bool *bit;
	} bits[] = {{"wp", &cpu->wp},	  {"nxe", &cpu->nxe},	{"smep", &cpu->smep},
		    {"smap", &cpu->smap}, {"ac", &cpu->ac},	{"pke", &cpu->pke},
		    {"pks", &cpu->pks},	  {"cet", &cpu->cet_ss}};
	u64 pkru = cpu->pkru, pkrs = cpu->pkrs;
	int err = cmd_option_u64(call, "pkru", &pkru);

	if (!err)
		err = cmd_option_u64(call, "pkrs", &pkrs);
	for (u32 i = 0; !err && i < ARRAY_SIZE(bits); i++) {
		u64 value = *bits[i].bit;

		err = cmd_option_u64(call, bits[i].name, &value);
		if (!err && value > 1)
			err = cmd_error(call, -EINVAL, "%s=%llu: 0 or 1", bits[i].name, value);
		*bits[i].bit = value;
	}
	cpu->pkru = (u32)pkru;
	cpu->pkrs = (u32)pkrs;
	return err;
}

static int need_x86_64(struct cmd_call *call, const struct pgtable *pt)
{
	const struct pt_format *f = pt_format_of(pt);

	if (f == &pt_format_x86_64_4 || f == &pt_format_x86_64_5)
		return 0;
	return cmd_error(call, -EINVAL, "%s: only x86-64's accesses are known", f->title);
}

static int try_access(struct cmd_call *call, const struct pgtable *pt, bool with_controls)
{
	static struct probe_answer a;
	struct probe_request r = {.pt = pt};
	int err = need_x86_64(call, pt);

	if (err)
		return err;
	probe_cpu_of(call->app, pt, &r.cpu);
	err = control_args(call, &r.cpu);
	if (!err)
		err = access_args(call, &r);
	if (err)
		return err;
	probe_access(call->app, &r, &a);
	probe_show(call->out, &r, &a, with_controls);
	return a.agree ? 0 : -EIO;
}

static int cmd_access(struct cmd_call *call)
{
	const struct pgtable *pt;
	int err;

	if (cmd_flag(call, "sweep"))
		return cmd_sweep(call);
	err = cmd_in_tables(call, &pt);
	return err ? err : try_access(call, pt, true);
}

static int cmd_probe(struct cmd_call *call)
{
	if (!call->app->have_clone)
		return cmd_error(call, -ENODEV,
				 "there is no clone; `clone fw` or `clone own` makes one");
	return try_access(call, &call->app->clone.pt, false);
}

/* ---- stale ------------------------------------------------------------------------------- */

#define STALE_STEPS 9

static void tell(struct emit *out, const char *what, const struct probe_step *s)
{
	char result[80];

	if (s->vector)
		probe_outcome(result, sizeof(result), s->vector, s->error);
	else
		fmt_print(result, sizeof(result), "reads %#04x", s->data);
	emit_row(out, "  {after:-52} {result}\n", what, result);
}

/* The accesses are every other step. */
static int show_stale(struct cmd_call *call, const struct probe_step *s, u64 va)
{
	struct emit *out = call->out;
	bool stale = s[2].data == PROBE_BYTE_0, gone = !s[6].vector;

	emit_object(out, NULL);
	emit_put(out, "{virtual:016x} is mapped to a page full of {octet:#x}\n", va, PROBE_BYTE_0);
	emit_list(out, "story");
	tell(out, "a load", &s[0]);
	tell(out, "the entry now leads to a page of 0x42; no INVLPG", &s[2]);
	tell(out, "INVLPG", &s[4]);
	tell(out, "the entry is cleared; no INVLPG", &s[6]);
	tell(out, "INVLPG", &s[8]);
	emit_end(out);
	emit_text(out,
		  stale || gone
			  ? "Without INVLPG the CPU went on with what it remembered (SDM vol. "
			    "3, 4.10.4.4: software must invalidate).\n"
			  : "This CPU had forgotten the translation by itself, which it may at "
			    "any time (SDM vol. 3, 4.10.2.3).\n");
	emit_field(out, "stale", stale);
	emit_end(out);
	return 0;
}

/* Entries from the top down; then changes of the last one, each with an access after it, without
 * INVLPG and with it. Returns the number of steps; *ret_first is the first access. */
static u32 stale_steps(struct probe_step *s, unsigned levels, u32 *ret_first)
{
	static const struct probe_step changes[STALE_STEPS] = {
		{.op = PROBE_ACCESS}, {.op = PROBE_FRAME, .value = 1},
		{.op = PROBE_ACCESS}, {.op = PROBE_INVLPG},
		{.op = PROBE_ACCESS}, {.op = PROBE_STORE, .value = 0},
		{.op = PROBE_ACCESS}, {.op = PROBE_INVLPG},
		{.op = PROBE_ACCESS},
	};
	u32 nr = 0;

	while (levels-- > 0)
		s[nr++] = (struct probe_step){.op = PROBE_STORE,
					      .level = (u8)levels,
					      .value = PTE_P | PTE_RW | PTE_A | PTE_D};
	*ret_first = nr;
	memcpy(s + nr, changes, sizeof(changes));
	return nr + STALE_STEPS;
}

/* An entry changes, and the CPU is not told. */
static int cmd_stale(struct cmd_call *call)
{
	struct probe_setup setup = {.va = 0x123456789000};
	struct probe_step s[STALE_STEPS + PT_MAX_LEVELS];
	u32 nr, first;
	u64 va;
	int err = 0;

	if (call->argc)
		err = cmd_arg_va(call, 0, &call->app->sys.pt, &setup.va);
	if (!err)
		err = cmd_no_more_args(call, 1);
	if (!err && arch_probe_features(&setup.cpu))
		err = cmd_error(call, -ENODEV,
				"a described machine has no CPU whose TLB could be stale");
	if (err)
		return err;
	setup.cpu.smep = setup.cpu.smap = setup.cpu.pke = setup.cpu.pks = setup.cpu.ac = false;
	nr = stale_steps(s, setup.cpu.levels, &first);
	err = arch_probe(&call->app->sys, &setup, s, nr, &va);
	if (err)
		return cmd_error(call, err, "the probe cannot run: %s", err_name(err));
	return show_stale(call, s + first, va);
}

static const struct cmd rows[] = {
	{.name = "access",
	 .args = "VA r|w|x|sr|sw [user] [wp=0 smap=1 ...] [in TABLES] | --sweep",
	 .help = "would it fault, at which level, for which bit; --sweep compares the model with "
		 "the CPU",
	 .fn = cmd_access,
	 .examples = "access 100000 w; access 100000 r user smap=1",
	 .max_args = 5},
	{.name = "probe",
	 .args = "VA r|w|x [user] [wp=0 smap=1 ...]",
	 .help = "the CPU tries the access on the clone; a fault is caught and explained",
	 .fn = cmd_probe,
	 .examples = "clone own; probe 100000 w",
	 .max_args = 3},
	{.name = "stale",
	 .args = "[VA]",
	 .help = "what happens when an entry changes and INVLPG is missing",
	 .fn = cmd_stale,
	 .max_args = 1},
};

const struct cmd_table cmds_access = {ROOM_TABLES, rows, ARRAY_SIZE(rows)};

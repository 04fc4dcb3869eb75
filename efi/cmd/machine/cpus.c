/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `cpus`: which CPUs there are, what each says from our world, and what they remember of tables. */
#include "arch/smp.h"

#include "cmd/cmds.h"
#include "lib.h"

#define CR4_LA57 (1ULL << 12)

/* ---- the list ---------------------------------------------------------------------------- */

struct trial {
	bool came[MAX_CPUS];
	u32 said[MAX_CPUS]; /* arch_this_cpu() there */
	struct cpu_state state[MAX_CPUS];
};

static void look(const struct smp_call *call)
{
	struct trial *t = call->arg;

	arch_read_state(&t->state[call->cpu]);
	t->said[call->cpu] = arch_this_cpu();
	t->came[call->cpu] = true;
}

static const char *kind_of(const struct smp_cpu *c)
{
	if (c->boot)
		return "boot";
	if (!c->healthy)
		return "unhealthy";
	return c->enabled ? "enabled" : "disabled";
}

static void show_cpu(struct emit *out, const struct smp_cpu *c, const struct trial *t)
{
	bool came = c->nr >= 0 && t->came[c->nr];
	const struct cpu_state *s = came ? &t->state[c->nr] : NULL;

	emit_object(out, NULL);
	if (c->nr >= 0)
		emit_put(out, "{cpu:4}", c->nr);
	else
		emit_put(out, "{cpu:4~-}", (const char *)NULL);
	emit_put(out, " {apic_id=apic:8x} {package:3}/{core}/{thread} {kind:-10}", c->apic_id,
		 c->package, c->core, c->thread, kind_of(c));
	emit_field(out, "boot", c->boot);
	emit_field(out, "enabled", c->enabled);
	emit_field(out, "healthy", c->healthy);
	emit_field(out, "came", came);
	if (came)
		emit_put(out, "came  {levels} levels  CR3 {cr3:012x}  CR4 {cr4:06x}\n",
			 s->cr4 & CR4_LA57 ? 5 : 4, s->cr3, s->cr4);
	else
		emit_text(out, "%s\n", c->nr >= 0 ? "did not come" : "not used");
	emit_end(out);
}

/* The numbers that the CPUs give themselves, and the tables that they stand on. */
static u32 count_wrong(const struct trial *t, const struct smp_result *r, phys_addr_t root)
{
	u32 wrong = 0;

	for (u32 i = 0; i < r->nr; i++)
		wrong +=
			!t->came[i] || t->said[i] != i || (t->state[i].cr3 & PTE_ADDR_MASK) != root;
	return wrong;
}

static int list_cpus(struct cmd_call *call)
{
	static struct trial t;
	struct smp_result r;
	const struct smp_cpu *found;
	struct emit *out = call->out;
	u32 nr = smp_found(&found), wrong;
	int err;

	memset(&t, 0, sizeof(t));
	err = smp_run(look, &t, &r);
	wrong = count_wrong(&t, &r, call->app->sys.pt.root);
	emit_text(out, " cpu     apic p/c/t   %-10sin our world\n", "");
	emit_list(out, NULL);
	for (u32 i = 0; i < nr; i++)
		show_cpu(out, &found[i], &t);
	emit_end(out);
	if (!nr)
		emit_text(out, "%s\n", smp_note());
	else
		emit_text(out, "%u of %u work in our world%s%s\n", r.nr, nr,
			  smp_note()[0] ? ": " : "", smp_note());
	err = cmd_smp_failed(call, err, &r);
	if (!err && wrong)
		err = cmd_error(call, -EIO, "%u CPUs are not where they should be", wrong);
	return err;
}

static int cmd_cpus(struct cmd_call *call)
{
	bool tlb = cmd_flag(call, "tlb");

	if (call->app->machine.described)
		return cmd_error(call, -ENODEV, "a described machine has no CPUs to run on");
	return tlb ? cmd_tlb_proof(call) : list_cpus(call);
}

static const struct cmd rows[] = {
	{.name = "cpus",
	 .args = "[--tlb]",
	 .help = "all CPUs in our world, on our tables; --tlb proves that none keeps a stale "
		 "translation",
	 .fn = cmd_cpus,
	 .examples = "cpus; cpus --tlb"},
};

const struct cmd_table cmds_cpus = {ROOM_MACHINE, rows, ARRAY_SIZE(rows)};

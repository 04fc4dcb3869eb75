/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * `exercise edits`: random steps in the sandbox, each followed by an access that the model predicts
 * and, on a machine, the CPU carries out. Steps reach an area that the tables do not use otherwise,
 * so that the CPU can be put on the clone afterwards (`hold clone`).
 */
#include "app/tables.h"
#include "cmd/cmds.h"
#include "lib.h"
#include "cmd/tables/probe.h"

#define AREA_SIZE (2 * GiB)
#define WILD	  "wild"

struct edits {
	struct cmd_call *call;
	struct pt_clone *clone;
	struct access_cpu have; /* what the CPU has */
	struct prng prng;
	u64 area; /* its first address */
	u64 steps, refused, undone, probes, faults, disagreements;
};

static u64 pick(struct edits *e, u64 bound)
{
	return prng_below(&e->prng, bound);
}

/* Half of all addresses lie in few places, so that steps meet each other. */
static u64 some_address(struct edits *e)
{
	u64 at = pick(e, 2) ? pick(e, 64) * 2 * MiB + pick(e, 8) * PAGE_SIZE : pick(e, AREA_SIZE);

	return e->area + round_down(at, PAGE_SIZE);
}

static u64 some_size(struct edits *e, u64 va)
{
	static const u64 sizes[] = {PAGE_SIZE, 3 * PAGE_SIZE, 2 * MiB, 6 * MiB, GiB};

	return min(sizes[pick(e, ARRAY_SIZE(sizes))], e->area + AREA_SIZE - va);
}

static u64 some_flags(struct edits *e)
{
	return prng_next(&e->prng) & (PT_WRITE | PT_USER | PT_NOEXEC | PT_GLOBAL);
}

/* Physical addresses of RAM's first GiBs, often aligned to large pages. */
static phys_addr_t some_memory(struct edits *e)
{
	return round_down(pick(e, 4 * GiB), pick(e, 3) ? 2 * MiB : PAGE_SIZE);
}

/* One step after which the tables are sane: 0 or why it was refused. */
static int sane_step(struct edits *e)
{
	struct pt_clone *c = e->clone;
	u64 va = some_address(e);

	if (!pick(e, 2))
		va = round_down(va, 2 * MiB);
	switch (pick(e, 8)) {
	case 0:
	case 1:
	case 2:
		return pt_clone_map(c, va, some_memory(e), some_size(e, va), some_flags(e),
				    (unsigned)pick(e, 3), "map");
	case 3:
		return pt_clone_unmap(c, va, some_size(e, va), "unmap");
	case 4:
		return pt_clone_protect(c, va, some_size(e, va), some_flags(e),
					PT_WRITE | PT_USER | PT_NOEXEC | PT_GLOBAL, "protect");
	case 5:
		return pt_clone_split(c, va, "split");
	case 6:
		return pt_clone_collapse(c, va, "collapse");
	default:
		if (pick(e, 2))
			return pt_clone_undo(c) ? 0 : -ENOENT;
		/* Not the wild one that was undone: the tables are to be sane in the end. */
		if (c->at + 1 < c->nr && !strcmp(c->version[c->at + 1].what, WILD))
			return -ENOENT;
		return pt_clone_redo(c) ? 0 : -ENOENT;
	}
}

/* Any bit of any entry on the way to va turned over; to be undone after the access. */
static bool wild_step(struct edits *e, u64 va)
{
	const struct pt_entry *entry;
	struct pt_path path;

	pt_lookup(&e->clone->pt, va, &path);
	entry = &path.entry[pick(e, path.nr)];
	return !pt_clone_set(e->clone, va, entry->level, entry->val ^ 1ULL << pick(e, 64), WILD);
}

/* Any of the control bits that the CPU has; key 0 stays open to the supervisor. */
static void random_controls(struct edits *e, struct access_cpu *cpu)
{
	u64 bits = prng_next(&e->prng);

	probe_cpu_of(e->call->app, &e->clone->pt, cpu);
	cpu->wp = bits & 1;
	cpu->nxe = e->have.nxe && bits & 2;
	cpu->smep = e->have.smep && bits & 4;
	cpu->smap = e->have.smap && bits & 8;
	cpu->ac = cpu->smap && bits & 16;
	cpu->pke = e->have.pke && bits & 32;
	cpu->pks = e->have.pks && bits & 64;
	cpu->pkru = (u32)(bits >> 32);
	cpu->pkrs = (u32)prng_next(&e->prng) & ~3u;
}

/* An access of any kind: is it as the model says? */
static void try_access(struct edits *e, u64 va)
{
	struct probe_request r = {.pt = &e->clone->pt, .va = va + pick(e, PAGE_SIZE)};
	static struct probe_answer a;

	random_controls(e, &r.cpu);
	r.kind = (u8)pick(e, 3);
	r.user = pick(e, 2);
	probe_access(e->call->app, &r, &a);
	e->probes += a.asked;
	e->faults += a.model.faults;
	if (a.agree)
		return;
	if (!e->disagreements++)
		probe_show(e->call->out, &r, &a, true);
}

static bool one_step(struct edits *e)
{
	u64 va;

	e->steps++;
	e->refused += sane_step(e) != 0;
	va = some_address(e);
	if (!pick(e, 4) && wild_step(e, va)) {
		try_access(e, va);
		e->undone += pt_clone_undo(e->clone);
	}
	try_access(e, va);
	if (e->steps % 64 == 0 && shell_poll(&e->call->app->shell))
		e->call->out->stopped = true;
	return !emit_stopped(e->call->out);
}

/* A top-level slot that the tables leave empty. */
static int free_area(const struct pgtable *pt, u64 *ret)
{
	const struct pt_format *f = pt_format_of(pt);
	unsigned top = f->nr_levels - 1u;
	struct pt_path path;

	for (u32 i = 1; i < pt_nr_entries(f, top) / 2; i++) {
		*ret = (u64)i << f->level[top].shift;
		if (pt_lookup(pt, *ret, &path) == PT_NOT_PRESENT && path.nr == 1)
			return 0;
	}
	return -ENOENT;
}

static int report(struct edits *e)
{
	emit_row(e->call->out,
		 "{nr_steps} steps ({refused} refused, {wild} wild ones undone), {cpu_accesses} "
		 "accesses by the CPU, {faults} faults foreseen: {disagreements} disagreements\n",
		 e->steps, e->refused, e->undone, e->probes, e->faults, e->disagreements);
	return e->disagreements ? -EIO : 0;
}

static int cmd_exercise_edits(struct cmd_call *call)
{
	struct app *app = call->app;
	struct edits e = {.call = call, .clone = &app->clone};
	u64 steps = 1000, seed = app->options.seed;
	int err = cmd_option_u64(call, "seed", &seed);

	if (!err)
		err = cmd_option_u64(call, "steps", &steps);
	if (!err && !app->have_clone)
		err = cmd_error(call, -ENODEV, "there is no clone; `clone own` makes one");
	if (!err && pt_format_of(&app->clone.pt) != pt_format_of(&app->sys.pt))
		err = cmd_error(call, -EINVAL, "the clone is not of this CPU's format");
	if (!err && free_area(&app->clone.pt, &e.area))
		err = cmd_error(call, -ENOSPC, "the clone has no empty top-level entry to play in");
	if (err)
		return err;
	probe_cpu_of(app, &app->clone.pt, &e.have);
	arch_probe_features(&e.have);
	prng_seed(&e.prng, seed);
	while (e.steps < steps && one_step(&e))
		;
	return report(&e);
}

static const struct cmd rows[] = {
	{.name = "exercise edits",
	 .args = "[seed=N] [steps=N]",
	 .help = "random steps in the clone, each with an access that the model foresees and the "
		 "CPU does",
	 .fn = cmd_exercise_edits,
	 .examples = "clone own; exercise edits steps=200",
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_edits = {ROOM_SANDBOX, rows, ARRAY_SIZE(rows)};

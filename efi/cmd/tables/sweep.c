/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * `access --sweep`: the model against the CPU, over every combination of entry bits at every level
 * and of control bits that this CPU has.
 *
 * A combination is a way of entries down to a page of 4 KiB, 2 MiB or 1 GiB: each absent, with a
 * reserved bit, or present with R/W, U/S and XD in all eight values. Below an entry that is not
 * present or has a reserved bit nothing is read, so nothing is varied. Accesses go to the CPU in
 * batches; what they meet is foreseen afterwards, by following the same steps.
 */
#include "lib.h"
#include "probe.h"

#define MAX_SHOWN 5

struct sweep {
	struct cmd_call *call;
	struct access_cpu have;
	struct probe_setup setup;
	u64 current[PT_MAX_LEVELS]; /* entries, by level */
	struct probe_step step[PROBE_MAX_STEPS];
	u32 nr;
	u64 accesses, faults, disagreements;
	u64 departed[PROBE_MAX_DEPARTURES]; /* times that each known one was seen */
	int err;
};

/* ---- comparing --------------------------------------------------------------------------- */

/* The first few, into the list that is open. */
static void show_disagreement(struct sweep *s, const struct probe_step *step, const u64 *entry,
			      const struct access_result *model)
{
	const struct access_cpu *c = &s->setup.cpu;
	struct emit *out = s->call->out;
	char controls[80], cpu[80], foreseen[80];

	if (s->disagreements > MAX_SHOWN)
		return;
	probe_controls_text(controls, sizeof(controls), c);
	probe_outcome(cpu, sizeof(cpu), step->vector, step->error);
	probe_outcome(foreseen, sizeof(foreseen), model->vector, model->error);
	emit_object(out, NULL);
	emit_put(out,
		 "disagreement: {user?user|supervisor} {access}, {controls} pkru {pkru:#x} pkrs "
		 "{pkrs:#x}:\n ",
		 step->user, access_kind_name((enum access_kind)step->kind), controls, c->pkru,
		 c->pkrs);
	emit_list(out, "entries");
	for (u32 i = 0; i < c->levels; i++)
		emit_put(out, " {entry:016x}", entry[i]);
	emit_end(out);
	emit_put(out, "\n  the model: {model}; the CPU: {cpu_said}\n", foreseen, cpu);
	emit_end(out);
}

/* Follows the steps of a batch with the model. */
static void compare(struct sweep *s)
{
	u8 levels = s->setup.cpu.levels;
	u64 entry[PT_MAX_LEVELS] = {0}; /* from the top */

	for (u32 i = 0; i < s->nr; i++) {
		const struct probe_step *step = &s->step[i];
		struct access_result model;
		int known;

		if (step->op == PROBE_STORE)
			entry[levels - 1u - step->level] = step->value;
		if (step->op != PROBE_ACCESS)
			continue;
		access_check(entry, levels, s->setup.va, &s->setup.cpu,
			     (enum access_kind)step->kind, step->user, &model);
		s->accesses++;
		s->faults += model.faults;
		if (step->vector == model.vector &&
		    (model.vector != 14 || step->error == model.error))
			continue;
		known = probe_departure(s->call->app, step, &model);
		if (known >= 0) {
			s->departed[known]++;
			continue;
		}
		s->disagreements++;
		show_disagreement(s, step, entry, &model);
	}
}

/* ---- batches ----------------------------------------------------------------------------- */

static void flush(struct sweep *s)
{
	u64 va;

	if (s->nr && !s->err)
		s->err = arch_probe(&s->call->app->sys, &s->setup, s->step, s->nr, &va);
	if (!s->err)
		compare(s);
	s->nr = 0;
}

static void add(struct sweep *s, struct probe_step step)
{
	ASSERT(s->nr < PROBE_MAX_STEPS, "%u steps", s->nr);
	s->step[s->nr++] = step;
}

static void store(struct sweep *s, unsigned level, u64 value)
{
	s->current[level] = value;
	add(s, (struct probe_step){.op = PROBE_STORE, .level = (u8)level, .value = value});
}

/* Room for one way and its accesses; a new batch begins with the entries that hold now. */
static void make_room(struct sweep *s)
{
	if (s->nr + 2 * PT_MAX_LEVELS + 8 <= PROBE_MAX_STEPS)
		return;
	flush(s);
	for (unsigned level = s->setup.cpu.levels; level-- > s->setup.page_level;)
		store(s, level, s->current[level]);
}

/* All kinds of accesses to what the entries are now. */
static void try_all(struct sweep *s)
{
	add(s, (struct probe_step){.op = PROBE_INVLPG});
	for (u8 kind = ACCESS_READ; kind <= ACCESS_EXEC; kind++) {
		add(s, (struct probe_step){.op = PROBE_ACCESS, .kind = kind});
		add(s, (struct probe_step){.op = PROBE_ACCESS, .kind = kind, .user = true});
	}
}

/* ---- ways -------------------------------------------------------------------------------- */

/* Present, with the bits that make it a page or a table. */
static u64 plain(const struct sweep *s, unsigned level)
{
	return PTE_P | (level == s->setup.page_level && level ? PTE_PS : 0);
}

/* The n-th reserved bit that an entry of this level can have; 0: no more. */
static u64 reserved_bit(const struct sweep *s, unsigned level, u32 n)
{
	u64 bits[2] = {0, 0};
	u32 nr = 0;

	if (level >= 3)
		bits[nr++] = PTE_PS;
	else if (level && level == s->setup.page_level)
		bits[nr++] = 1ULL << (level == 2 ? 29 : 20);
	if (s->have.phys_bits < 52)
		bits[nr++] = 1ULL << 51;
	return n < nr ? bits[n] : 0;
}

static bool stopped(struct sweep *s)
{
	return s->err || emit_stopped(s->call->out);
}

static void vary(struct sweep *s, unsigned level)
{
	for (u32 state = 0; state < 11 && !stopped(s); state++) {
		u64 rights = (state & 1 ? PTE_RW : 0) | (state & 2 ? PTE_US : 0) |
			     (state & 4 ? PTE_NX : 0);
		u64 bad = state > 8 ? reserved_bit(s, level, state - 9) : 0;

		if (state > 8 && !bad)
			continue;
		make_room(s);
		if (state == 8)
			store(s, level, (plain(s, level) & ~PTE_P) | PTE_RW | PTE_US);
		else if (bad)
			store(s, level, plain(s, level) | PTE_RW | PTE_US | bad);
		else
			store(s, level, plain(s, level) | rights);
		if (state < 8 && level > s->setup.page_level) {
			vary(s, level - 1);
		} else {
			try_all(s);
		}
	}
}

static void vary_ways(struct sweep *s)
{
	memset(s->current, 0, sizeof(s->current));
	for (u8 page = 0; page <= (s->have.page1g ? 2 : 1) && !stopped(s); page++) {
		s->setup.page_level = page;
		vary(s, s->setup.cpu.levels - 1u);
		flush(s);
	}
}

/* ---- controls ---------------------------------------------------------------------------- */

/* WP, NXE, SMEP, and SMAP with and without AC, as far as the CPU has them. */
static bool set_controls(struct sweep *s, u32 n)
{
	struct access_cpu *c = &s->setup.cpu;
	u32 smap = n >> 3;

	if ((n & 2 && !s->have.nxe) || (n & 4 && !s->have.smep) || (smap && !s->have.smap))
		return false;
	*c = s->have;
	c->wp = n & 1;
	c->nxe = n & 2;
	c->smep = n & 4;
	c->smap = smap;
	c->ac = smap == 2;
	c->pke = c->pks = false;
	return true;
}

static void progress(struct sweep *s, u32 done, u32 of)
{
	if (shell_poll(&s->call->app->shell))
		s->call->out->stopped = true;
	if (s->call->app->shell.interactive)
		emit_text(s->call->out, "%u of %u: %llu accesses, %llu disagreements\n", done, of,
			  s->accesses, s->disagreements);
	shell_flush(&s->call->app->shell);
}

/* Keys of user and of supervisor pages: access and write disabled, or not. */
static void vary_keys(struct sweep *s, bool user_page)
{
	for (u32 n = 0; n < 4 * 4 * 2 * 3 && !stopped(s); n++) {
		u32 two = n & 3, wp = n >> 2 & 1, rw = n >> 3 & 1,
		    key = user_page && n >> 4 & 1 ? 0 : 5;
		u64 bits = PTE_RW | (user_page ? PTE_US : 0);

		s->setup.page_level = (u8)(n / 32 % (s->have.page1g ? 3 : 2));
		s->setup.cpu = s->have;
		s->setup.cpu.wp = wp;
		s->setup.cpu.smep = s->setup.cpu.smap = false;
		s->setup.cpu.pke = user_page;
		s->setup.cpu.pks = !user_page;
		s->setup.cpu.pkru = s->setup.cpu.pkrs = two << (2 * key);
		for (unsigned level = s->setup.cpu.levels; level-- > s->setup.page_level;)
			store(s, level, plain(s, level) | bits);
		store(s, s->setup.page_level,
		      plain(s, s->setup.page_level) | (bits & ~(rw ? 0 : PTE_RW)) | (u64)key << 59);
		try_all(s);
		flush(s);
	}
}

static void vary_addresses(struct sweep *s)
{
	static const u64 odd[] = {0x8000000000000000, 0x0100000000000000, 0xfe00000000000000,
				  0x7fffffffffffffff};

	s->setup.cpu = s->have;
	s->setup.cpu.pke = s->setup.cpu.pks = false;
	s->setup.page_level = 0;
	for (u32 i = 0; i < ARRAY_SIZE(odd); i++) {
		s->setup.va = odd[i];
		try_all(s);
		flush(s);
	}
}

/* What the CPU has set in the entries that the last steps loaded. */
static void compare_accessed_dirty(struct sweep *s, u32 first, u8 kind)
{
	for (u32 i = first; i < s->nr; i++) {
		const struct probe_step *step = &s->step[i];
		bool written = step->level == s->setup.page_level && kind == ACCESS_WRITE;

		s->accesses++;
		if ((step->value & (PTE_A | PTE_D)) == (PTE_A | (written ? PTE_D : 0)))
			continue;
		s->disagreements++;
		emit_row(s->call->out,
			 "disagreement: {access} leaves the entry of level {:} as "
			 "{entry:#x}{level!}\n",
			 access_kind_name((enum access_kind)kind), step->level, step->value,
			 pt_format_x86_64_5.level[step->level].name);
	}
}

/* Accessed in every entry that was used, dirty in the page's when it was written: 4.8. */
static void check_accessed_dirty(struct sweep *s)
{
	for (u32 n = 0; n < 3 * 3 * 2 && !stopped(s); n++) {
		u8 kind = (u8)(n % 3), page = (u8)(n / 3 % 3), levels = s->have.levels;
		u32 loads;
		u64 va;

		if (page == 2 && !s->have.page1g)
			continue;
		s->setup.cpu = s->have;
		s->setup.cpu.smep = s->setup.cpu.smap = s->setup.cpu.pke = s->setup.cpu.pks = false;
		s->setup.page_level = page;
		for (unsigned level = levels; level-- > page;)
			store(s, level, plain(s, level) | PTE_RW | PTE_US);
		add(s, (struct probe_step){.op = PROBE_ACCESS, .kind = kind, .user = n >= 9});
		loads = s->nr;
		for (unsigned level = levels; level-- > page;)
			add(s, (struct probe_step){.op = PROBE_LOAD, .level = (u8)level});
		s->err = arch_probe(&s->call->app->sys, &s->setup, s->step, s->nr, &va);
		if (!s->err)
			compare_accessed_dirty(s, loads, kind);
		s->nr = 0;
	}
}

/* ---- the command ------------------------------------------------------------------------- */

static void sweep_all(struct sweep *s)
{
	s->setup.va = 0x123456789000;
	for (u32 n = 0; n < 24 && !stopped(s); n++) {
		if (set_controls(s, n)) {
			vary_ways(s);
			progress(s, n + 1, 24);
		}
	}
	s->setup.va = 0xffff923456789000; /* the upper half */
	if (s->have.pke && !stopped(s))
		vary_keys(s, true);
	if (s->have.pks && !stopped(s))
		vary_keys(s, false);
	check_accessed_dirty(s);
	vary_addresses(s);
}

static void show_departures(struct sweep *s)
{
	struct emit *out = s->call->out;
	u64 known = 0;

	emit_list(out, "departures");
	for (u32 i = 0; i < PROBE_MAX_DEPARTURES; i++) {
		if (s->departed[i])
			emit_row(out,
				 "{count} of them are as QEMU's TCG does it, not the manual: "
				 "{departure}\n",
				 s->departed[i], probe_departure_text(i));
		known += s->departed[i];
	}
	emit_end(out);
	emit_field(out, "emulator_departures", known);
}

static void show_result(struct sweep *s)
{
	const struct access_cpu *c = &s->have;

	emit_put(s->call->out,
		 "{levels} levels, {physical_bits} physical bits{has_pdpe1gb?, 1 GiB pages}; "
		 "WP{has_nx? NXE}{has_smep? SMEP}{has_smap? SMAP}{has_pku? PKE}{has_pks? PKS}\n",
		 c->levels, c->phys_bits, c->page1g, c->nxe, c->smep, c->smap, c->pke, c->pks);
	show_departures(s);
	emit_put(s->call->out,
		 "{combinations} combinations ({faults} of them fault), {disagreements} "
		 "disagreements\n",
		 s->accesses, s->faults, s->disagreements);
}

int cmd_sweep(struct cmd_call *call)
{
	static struct sweep s;
	int err = cmd_no_more_args(call, 0);

	memset(&s, 0, sizeof(s));
	s.call = call;
	if (!err && arch_probe_features(&s.have))
		err = cmd_error(call, -ENODEV, "a described machine has no CPU to compare with");
	if (err)
		return err;
	emit_object(call->out, NULL);
	emit_list(call->out, "differences");
	sweep_all(&s);
	emit_end(call->out);
	if (!s.err)
		show_result(&s);
	emit_end(call->out);
	if (s.err)
		return cmd_error(call, s.err, "the probe cannot run: %s", err_name(s.err));
	return s.disagreements ? -EIO : 0;
}

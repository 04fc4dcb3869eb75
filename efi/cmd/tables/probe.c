/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Asking the model and the CPU the same question, and showing both answers. */
#include "probe.h"

#include "lib.h"

#define CR0_WP	 (1ULL << 16)
#define CR4_SMEP (1ULL << 20)
#define CR4_SMAP (1ULL << 21)
#define CR4_PKE	 (1ULL << 22)
#define CR4_CET	 (1ULL << 23)
#define CR4_PKS	 (1ULL << 24)
#define EFER_NXE (1ULL << 11)

void probe_cpu_of(const struct app *app, const struct pgtable *pt, struct access_cpu *ret)
{
	const struct cpu_info *c = &app->machine.cpu;
	bool fw = pt == &app->fw_pt;

	*ret = (struct access_cpu){
		.levels = pt_format_of(pt)->nr_levels,
		.phys_bits = c->phys_bits,
		.page1g = c->page1g || pt->max_page_level >= 2,
		.wp = fw ? c->cr0 & CR0_WP : true,
		.nxe = fw ? c->efer & EFER_NXE : pt->nx,
	};
	if (!fw)
		return;
	ret->smep = c->cr4 & CR4_SMEP;
	ret->smap = c->cr4 & CR4_SMAP;
	ret->pke = c->cr4 & CR4_PKE;
	ret->pks = c->cr4 & CR4_PKS;
	ret->cet_ss = c->cr4 & CR4_CET;
}

/* ---- where the emulator is known not to be as the manual says ---------------------------- */

static bool rsvd_without_p(const struct probe_step *cpu, const struct access_result *model)
{
	return model->error & PF_RSVD && cpu->vector == 14 && model->vector == 14 &&
	       cpu->error == (model->error & ~PF_P);
}

static bool gigabyte_without_feature(const struct probe_step *cpu,
				     const struct access_result *model)
{
	(void)cpu;
	return model->why == ACCESS_RESERVED && model->level == 2 && model->bits == PTE_PS;
}

/* Known of QEMU's TCG, 7.2. */
static const struct departure {
	bool (*is)(const struct probe_step *cpu, const struct access_result *model);
	const char *text;
} departures[] = {
	{rsvd_without_p,
	 "a reserved bit: its error code has RSVD without P (SDM vol. 3, 4.7: RSVD can "
	 "be 1 only if P is)"},
	{gigabyte_without_feature,
	 "it maps a page of 1 GiB though CPUID denies them (SDM vol. 3, 4.5: PS "
	 "is reserved in a PDPTE then)"},
};
_Static_assert(ARRAY_SIZE(departures) <= PROBE_MAX_DEPARTURES, "room to count them");

int probe_departure(const struct app *app, const struct probe_step *cpu,
		    const struct access_result *model)
{
	for (u32 i = 0; app->machine.cpu.tcg && i < ARRAY_SIZE(departures); i++) {
		if (departures[i].is(cpu, model))
			return (int)i;
	}
	return -1;
}

const char *probe_departure_text(u32 nr)
{
	return nr < ARRAY_SIZE(departures) ? departures[nr].text : "";
}

/* Why not; NULL: the CPU can be asked. */
static const char *cannot_ask(const struct app *app, const struct probe_request *r,
			      const struct probe_answer *a, const struct access_cpu *have)
{
	if (app->machine.described)
		return "a described machine has no CPU to ask";
	if (r->kind > ACCESS_EXEC)
		return "shadow-stack accesses are the model's only";
	if (a->model.why == ACCESS_UNREADABLE)
		return "the walk leads out of memory and is not followed";
	if (r->cpu.levels > have->levels)
		return "the CPU runs with fewer levels than these tables have";
	if (a->model.why == ACCESS_NOT_CANONICAL && r->cpu.levels != have->levels)
		return "with the CPU's levels this address is canonical";
	if ((r->cpu.nxe && !have->nxe) || (r->cpu.smep && !have->smep) ||
	    (r->cpu.smap && !have->smap) || (r->cpu.pke && !have->pke) ||
	    (r->cpu.pks && !have->pks) || r->cpu.cet_ss || r->cpu.page1g != have->page1g ||
	    r->cpu.phys_bits != have->phys_bits)
		return "this CPU is not as was asked for";
	return NULL;
}

static void ask(struct app *app, const struct probe_request *r, struct probe_answer *a)
{
	struct probe_setup setup = {.va = r->va, .cpu = r->cpu};
	struct probe_step steps[PT_MAX_LEVELS + 1];
	u32 nr = 0;
	u64 va;

	for (u32 i = 0; i < a->path.nr; i++) {
		const struct pt_entry *e = &a->path.entry[i];

		steps[nr++] =
			(struct probe_step){.op = PROBE_STORE, .level = e->level, .value = e->val};
		if (e->present && e->leaf)
			setup.page_level = e->level;
	}
	steps[nr++] = (struct probe_step){.op = PROBE_ACCESS, .kind = r->kind, .user = r->user};
	if (arch_probe(&app->sys, &setup, steps, nr, &va)) {
		a->why_not = "no memory for the probe";
		return;
	}
	a->asked = true;
	a->cpu = steps[nr - 1];
	a->agree = a->cpu.vector == a->model.vector &&
		   (a->cpu.vector != 14 || a->cpu.error == a->model.error);
	if (!a->agree)
		a->departure = probe_departure(app, &a->cpu, &a->model);
	a->agree |= a->departure >= 0;
}

void probe_access(struct app *app, const struct probe_request *r, struct probe_answer *ret)
{
	struct access_cpu have;

	memset(ret, 0, sizeof(*ret));
	ret->agree = true;
	ret->departure = -1;
	pt_lookup(r->pt, r->va, &ret->path);
	access_check_va(r->pt, r->va, &r->cpu, (enum access_kind)r->kind, r->user, &ret->model);
	memset(&have, 0, sizeof(have));
	arch_probe_features(&have);
	ret->why_not = cannot_ask(app, r, ret, &have);
	if (!ret->why_not)
		ask(app, r, ret);
}

/* ---- showing ----------------------------------------------------------------------------- */

void probe_outcome(char *buf, size_t size, u8 vector, u32 error)
{
	if (!vector)
		fmt_print(buf, size, "goes through");
	else if (vector == 14)
		fmt_print(buf, size, "#PF error %#x%s%s%s%s%s%s%s", error, error & PF_P ? " P" : "",
			  error & PF_W ? " W" : "", error & PF_U ? " U" : "",
			  error & PF_RSVD ? " RSVD" : "", error & PF_I ? " I" : "",
			  error & PF_PK ? " PK" : "", error & PF_SS ? " SS" : "");
	else
		fmt_print(buf, size, "%s%u", vector == 13 ? "#GP, vector " : "vector ", vector);
}

void probe_controls_text(char *buf, size_t size, const struct access_cpu *c)
{
	fmt_print(buf, size, "WP=%u NXE=%u SMEP=%u SMAP=%u AC=%u PKE=%u PKS=%u CET=%u", c->wp,
		  c->nxe, c->smep, c->smap, c->ac, c->pke, c->pks, c->cet_ss);
}

static void show_controls(struct emit *out, const struct access_cpu *c)
{
	char controls[80];

	probe_controls_text(controls, sizeof(controls), c);
	emit_put(out,
		 "under {controls}, {levels} levels, {physical_bits} physical "
		 "bits{has_pdpe1gb?, 1 GiB pages}\n{pkru!}{pkrs!}",
		 controls, c->levels, c->phys_bits, c->page1g, c->pkru, c->pkrs);
}

static void show_levels(struct emit *out, const struct probe_request *r,
			const struct probe_answer *a)
{
	emit_list(out, "entries");
	for (u32 i = 0; i < a->path.nr; i++) {
		const struct pt_entry *e = &a->path.entry[i];
		bool decides =
			a->model.faults && a->model.vector == 14 && e->level == a->model.level;
		char flags[128], own[8], all[8];

		pt_flags_text(flags, sizeof(flags), pt_format_of(r->pt), e->val, e->level);
		pt_rights_text(own, e->own);
		pt_rights_text(all, e->rights);
		emit_row(out,
			 "{decides?>| } {level:-6}[{index:3}] {entry:016x}  own {own_rights~   -   "
			 "}  "
			 "all {rights~   -   }  {flags}\n",
			 decides, pt_level_name(r->pt, e->level), e->index, e->val,
			 e->present ? own : NULL, e->present ? all : NULL, flags);
	}
	emit_end(out);
}

static void show_model(struct emit *out, const struct probe_request *r,
		       const struct access_result *model)
{
	char why[200], outcome[80];

	access_why_text(why, sizeof(why), &r->cpu, model);
	probe_outcome(outcome, sizeof(outcome), model->vector, model->error);
	emit_put(out, "model: {model}; {why}\n", outcome, why);
	if (!model->faults)
		emit_put(out,
			 "       physical {physical:x}; sets accessed{sets_dirty? and dirty}\n",
			 model->phys, model->sets_dirty);
}

static void show_cpu(struct emit *out, const struct probe_answer *a)
{
	const char *departure = a->departure >= 0 ? probe_departure_text((u32)a->departure) : NULL;
	char outcome[80];

	probe_outcome(outcome, sizeof(outcome), a->cpu.vector, a->cpu.error);
	if (a->asked)
		emit_put(out, "CPU:   {cpu_said}; {:}{departure!}\n", outcome,
			 departure  ? departure
			 : a->agree ? "as the model says"
				    : "THE MODEL SAYS OTHERWISE",
			 departure);
	else
		emit_put(out, "{cpu_said!}CPU:   not asked: {why_not}\n", (const char *)NULL,
			 a->why_not);
	emit_field(out, "agree", a->agree);
}

void probe_show(struct emit *out, const struct probe_request *r, const struct probe_answer *a,
		bool with_controls)
{
	emit_object(out, NULL);
	if (with_controls)
		show_controls(out, &r->cpu);
	emit_put(
		out,
		"{user?user|supervisor} {access} of {virtual:016x}: {would_fault?faults|allowed}\n",
		r->user, access_kind_name((enum access_kind)r->kind), r->va, a->model.faults);
	show_levels(out, r, a);
	show_model(out, r, &a->model);
	show_cpu(out, a);
	emit_end(out);
}

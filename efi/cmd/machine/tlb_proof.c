/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * `cpus --tlb`: what the other CPUs remember of our tables, tried by accesses. CPU 0 changes an
 * entry and asks the others for a look; they answer what they read, or that it faults.
 */
#include "cmd/cmds.h"
#include "lib.h"
#include "mm/page/page_alloc.h"
#include "arch/smp.h"

#define ROUNDS	  1000
#define BYTE_0	  0x17
#define BYTE_1	  0xa5
#define FAULTS	  0x100 /* instead of a byte */
#define READS	  16	/* each time, so that the translation is used */
#define ASKS	  300
#define PATIENCE  20000000000ULL /* ticks that CPUs wait for each other */
#define BESIDE_MS 5000

struct proof {
	struct mem_system *sys;
	u64 va;
	u8 *page[2];
	phys_addr_t pa[2];

	/* CPU 0 asks for a look, the others answer. */
	u32 turn, answers;
	bool over;
	u32 seen[MAX_CPUS];

	u32 cpus, stale, wrong, rounds, faults, asked;
	u64 ticks; /* of all shootdowns in the rounds */
};

static u32 look_at(const struct proof *p)
{
	u8 byte = 0;

	for (u32 i = 0; i < READS; i++) {
		if (arch_copy_safe(&byte, (const void *)(uintptr_t)p->va, 1))
			return FAULTS;
	}
	return byte;
}

static void others(struct proof *p, u32 cpu)
{
	u32 done = 0, turn;

	for (;;) {
		while ((turn = __atomic_load_n(&p->turn, __ATOMIC_ACQUIRE)) == done)
			__builtin_ia32_pause();
		done = turn;
		if (p->over)
			return;
		p->seen[cpu] = look_at(p);
		__atomic_add_fetch(&p->answers, 1, __ATOMIC_ACQ_REL);
	}
}

/* All others look once. How many see something else than `expected`. */
static u32 ask_all(struct proof *p, u32 expected)
{
	u64 start = arch_cycles();
	u32 differ = 0;

	__atomic_store_n(&p->answers, 0, __ATOMIC_RELEASE);
	__atomic_add_fetch(&p->turn, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&p->answers, __ATOMIC_ACQUIRE) < p->cpus - 1) {
		ASSERT(arch_cycles() - start < PATIENCE, "%u of %u CPUs answer", p->answers,
		       p->cpus - 1);
		__builtin_ia32_pause();
	}
	for (u32 i = 1; i < p->cpus; i++)
		differ += p->seen[i] != expected;
	return differ;
}

static void remap(struct proof *p, u32 which)
{
	struct pgtable *pt = &p->sys->pt;
	int err = pt_unmap(pt, p->va, PAGE_SIZE);

	if (!err)
		err = pt_map(pt, p->va, p->pa[which], PAGE_SIZE, PT_WRITE | PT_NOEXEC, 0);
	ASSERT(!err, "mapping one page anew: %d", err);
}

/* As remap(), but no CPU is told, not even this one. */
static void remap_quietly(struct proof *p, u32 which)
{
	void (*changed)(struct pgtable * pt, u64 va, u64 size, bool removed) = p->sys->pt.changed;

	p->sys->pt.changed = NULL;
	remap(p, which);
	p->sys->pt.changed = changed;
}

static void first(struct proof *p)
{
	static const u32 bytes[] = {BYTE_0, BYTE_1};
	u64 start;

	p->wrong += ask_all(p, BYTE_0);
	remap_quietly(p, 1);
	p->stale = ask_all(p, BYTE_1);
	smp_flush_tlb(p->va, PAGE_SIZE);
	p->wrong += ask_all(p, BYTE_1);
	for (p->rounds = 0; p->rounds < ROUNDS; p->rounds++) {
		start = arch_cycles();
		remap(p, p->rounds % 2);
		p->ticks += arch_cycles() - start;
		p->wrong += ask_all(p, bytes[p->rounds % 2]);
	}
	pt_unmap(&p->sys->pt, p->va, PAGE_SIZE);
	p->wrong += ask_all(p, FAULTS);
	p->faults = p->cpus - 1;
	p->over = true;
	__atomic_add_fetch(&p->turn, 1, __ATOMIC_ACQ_REL);
}

static void prove(const struct smp_call *call)
{
	struct proof *p = call->arg;

	if (call->nr == 1)
		return;
	p->cpus = call->nr;
	if (call->cpu)
		others(p, call->cpu);
	else
		first(p);
}

/* Everybody asks everybody, a page and all, as often as they can. */
static void ask_at_once(const struct smp_call *call)
{
	struct proof *p = call->arg;

	for (u32 i = 0; i < ASKS; i++) {
		smp_flush_tlb(p->va, i % 8 ? PAGE_SIZE : GiB);
		__atomic_add_fetch(&p->asked, 1, __ATOMIC_RELAXED);
	}
}

/* A top-level entry of the lower half that our tables leave empty, or the one of the last time. */
static int find_slot(struct proof *p)
{
	static u64 slot;
	unsigned top = p->sys->pt.levels - 1u;
	struct pt_path path;

	for (u64 i = PT_ENTRIES / 2 - 5; !slot && i > 0; i--) {
		if (pt_lookup(&p->sys->pt, i << PT_SHIFT(top), &path) == PT_NOT_PRESENT &&
		    path.nr == 1)
			slot = i << PT_SHIFT(top);
	}
	p->va = slot;
	return slot ? 0 : -ENOSPC;
}

static int prepare(struct proof *p)
{
	int err = find_slot(p);

	for (u32 i = 0; !err && i < 2; i++) {
		p->page[i] = get_free_page(p->sys, GFP_KERNEL);
		if (!p->page[i])
			return -ENOMEM;
		memset(p->page[i], i ? BYTE_1 : BYTE_0, PAGE_SIZE);
		p->pa[i] = virt_to_phys(p->sys, p->page[i]);
	}
	if (!err)
		err = pt_map(&p->sys->pt, p->va, p->pa[0], PAGE_SIZE, PT_WRITE | PT_NOEXEC, 0);
	return err;
}

static void give_back(struct proof *p)
{
	if (p->va)
		pt_unmap(&p->sys->pt, p->va, PAGE_SIZE);
	for (u32 i = 0; i < 2; i++) {
		if (p->page[i])
			free_pages(p->sys, p->page[i], 0);
	}
}

static void show_proof(struct emit *out, const struct proof *p)
{
	u32 others_nr = p->cpus - 1;

	emit_object(out, NULL);
	emit_field(out, "nr_cpus", p->cpus);
	emit_put(out, "{virtual:016x} is mapped to a page full of {:#x}; {:} other CPUs read it\n",
		 p->va, BYTE_0, others_nr);
	emit_put(out,
		 "  the entry leads to a page full of {:#x}, no shootdown: {stale_without} of {:} "
		 "{:}\n",
		 BYTE_1, p->stale, others_nr,
		 p->stale ? "still read the old one (SDM vol. 3, 4.10.5: software must tell them)"
			  : "had forgotten the old one by themselves, which they may");
	emit_put(out,
		 "  {rounds} times another page, with shootdown: {disagreements} disagreements\n",
		 p->rounds, p->wrong);
	emit_put(out, "  the page is unmapped, with shootdown: {faults} of {:} fault\n", p->faults,
		 others_nr);
	emit_put(out, "  all CPUs ask all others at once: {at_once} shootdowns\n", p->asked);
	emit_put(out, "{ticks} ticks for an entry's removal on all CPUs\n",
		 p->rounds ? p->ticks / p->rounds : 0);
	emit_end(out);
}

int cmd_tlb_proof(struct cmd_call *call)
{
	static struct proof p;
	struct smp_result r;
	int err;

	memset(&p, 0, sizeof(p));
	p.sys = &call->app->sys;
	if (smp_nr_cpus() == 1)
		return cmd_error(call, -ENODEV, "there is one CPU only%s%s",
				 smp_note()[0] ? ": " : "", smp_note());
	err = prepare(&p);
	if (err)
		err = cmd_error(call, err, "no page to map: %s", err_name(err));
	else
		err = cmd_smp_failed(call, smp_run_timed(prove, &p, BESIDE_MS, &r), &r);
	if (!err)
		err = cmd_smp_failed(call, smp_run(ask_at_once, &p, &r), &r);
	give_back(&p);
	if (err)
		return err;
	show_proof(call->out, &p);
	return p.wrong ? cmd_error(call, -EIO, "%u disagreements", p.wrong) : 0;
}

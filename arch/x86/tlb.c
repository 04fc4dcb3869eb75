/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Flushing the TLBs of all CPUs.
 *
 * One CPU at a time sends a request: it takes the turn, stores the request and a bit for each other
 * CPU, sends each of them an NMI and waits until each has cleared its bit. Only the NMI handler
 * clears bits. So when all are clear, no NMI is pending, and a CPU that waits for the turn or for a
 * lock serves requests too. A CPU joins and leaves only while it has the turn: so the sender knows
 * exactly which CPUs are here, and no CPU gets an NMI in the firmware's world.
 */
#include "percpu.h"

#define PATIENCE_US 5000000 /* a virtual CPU may have to wait for a real one */

enum request { REQUEST_FLUSH, REQUEST_STOP };

static struct {
	u32 turn; /* 1 + number of the CPU that has it; 0: free */
	u64 here; /* a bit for each CPU between join and leave */
	enum request request;
	u64 va, size;
	u64 awaited; /* a bit for each CPU that has not served the request */
} tlb;

/* ---- this CPU ---------------------------------------------------------------------------- */

static void flush_all(void)
{
	u64 cr4 = read_cr4();

	if (cr4 & CR4_PGE) { /* SDM vol. 3, 4.10.4.1: flushes global entries too */
		write_cr4(cr4 & ~CR4_PGE);
		write_cr4(cr4);
	} else {
		write_cr3(read_cr3());
	}
}

static void flush(u64 va, u64 size)
{
	if (size > SMP_FLUSH_ALL_ABOVE * PAGE_SIZE) {
		flush_all();
		return;
	}
	for (u64 done = 0; done < size; done += PAGE_SIZE) /* va + size may be 2^64 */
		invlpg(va + done);
}

/* ---- the others -------------------------------------------------------------------------- */

static u64 bit_of(const struct cpu *c)
{
	return 1ULL << c->percpu.nr;
}

static void take_turn(const struct cpu *c)
{
	u32 nobody = 0;

	while (!__atomic_compare_exchange_n(&tlb.turn, &nobody, c->percpu.nr + 1, false,
					    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		nobody = 0;
		__builtin_ia32_pause();
	}
}

static void end_turn(void)
{
	__atomic_store_n(&tlb.turn, 0, __ATOMIC_RELEASE);
}

void tlb_forget(struct cpu *c)
{
	if (__atomic_load_n(&tlb.turn, __ATOMIC_RELAXED) == c->percpu.nr + 1)
		end_turn();
}

/* Sends a request to the CPUs in `whom`; the caller has the turn. Returns those that
 * did not answer. */
static u64 ask(enum request request, u64 va, u64 size, u64 whom)
{
	u64 start = arch_cycles(), missing;

	tlb.request = request;
	tlb.va = va;
	tlb.size = size;
	__atomic_store_n(&tlb.awaited, whom, __ATOMIC_SEQ_CST);
	for (u64 rest = whom; rest; rest &= rest - 1)
		apic_send(gate_cpu_nr(lowest_bit(rest))->percpu.apic_id, APIC_NMI);
	while ((missing = __atomic_load_n(&tlb.awaited, __ATOMIC_ACQUIRE)) &&
	       arch_cycles() - start < smp_ticks(PATIENCE_US))
		__builtin_ia32_pause();
	return missing;
}

bool tlb_nmi(struct cpu *c, struct pushed_frame *f)
{
	if (!(__atomic_load_n(&tlb.awaited, __ATOMIC_ACQUIRE) & bit_of(c)))
		return false;
	if (tlb.request == REQUEST_FLUSH)
		flush(tlb.va, tlb.size);
	else
		trap_stop(c, f);
	__atomic_and_fetch(&tlb.awaited, ~bit_of(c), __ATOMIC_RELEASE);
	return true;
}

/* First be here, then flush: a change before the flush is covered by it, and from now on this CPU
 * gets the requests for later changes. */
void tlb_join(struct cpu *c)
{
	take_turn(c);
	tlb.here |= bit_of(c);
	end_turn();
	flush_all();
}

void tlb_leave(struct cpu *c)
{
	take_turn(c);
	tlb.here &= ~bit_of(c);
	end_turn();
}

u64 tlb_stop(u64 whom)
{
	u64 missing;

	take_turn(this_cpu());
	missing = ask(REQUEST_STOP, 0, 0, whom & tlb.here);
	tlb.here &= ~missing; /* lost: do not wait for them again */
	end_turn();
	return missing;
}

static u64 others(void)
{
	u64 here = __atomic_load_n(&tlb.here, __ATOMIC_RELAXED);

	return here ? here & ~bit_of(this_cpu()) : 0;
}

void smp_flush_tlb(u64 va, u64 size)
{
	u64 missing = 0;

	flush(va, size);
	if (!others())
		return;
	take_turn(this_cpu());
	missing = ask(REQUEST_FLUSH, va, size, others());
	tlb.here &= ~missing;
	end_turn();
	ASSERT(!missing, "CPUs %#llx do not answer: their translations may be stale", missing);
}

/* New translations need no flush: absent entries are not cached (SDM vol. 3, 4.10.4.3). */
void arch_pt_changed(struct pgtable *pt, u64 va, u64 size, bool removed)
{
	if (!removed)
		return;
	if (pt->root == gate_root() && gate_in_our_world())
		smp_flush_tlb(va, size);
	else if ((read_cr3() & PTE_ADDR_MASK) == pt->root)
		flush(va, size);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Messages from one CPU to another through the local APIC (SDM vol. 3, 11.6 and 11.12). */
#include "arch/x86.h"
#include "percpu.h"

#define MSR_APIC_BASE	0x1bu
#define APIC_X2		(1ULL << 10)
#define APIC_ENABLED	(1ULL << 11)
#define MSR_X2APIC_ICR	0x830u
#define ICR_LOW		0x300
#define ICR_HIGH	0x310
#define ICR_PENDING	(1u << 12)
#define ICR_PATIENCE	1000000 /* reads */
#define XAPIC_BROADCAST 255	/* from here on ids do not fit in xAPIC's 8 bits */

static volatile u32 *xapic_register(u64 base, u32 offset)
{
	return (volatile u32 *)(uintptr_t)((base & PTE_ADDR_MASK) + offset);
}

static void xapic_send(u64 base, u32 apic_id, u32 command)
{
	for (u32 i = 0; i < ICR_PATIENCE && *xapic_register(base, ICR_LOW) & ICR_PENDING; i++)
		__builtin_ia32_pause();
	*xapic_register(base, ICR_HIGH) = apic_id << 24;
	*xapic_register(base, ICR_LOW) = command;
}

void apic_send(u32 apic_id, u32 command)
{
	u64 base = rdmsr(MSR_APIC_BASE);

	if (!(base & APIC_X2)) {
		xapic_send(base, apic_id, command);
		return;
	}
	/* This WRMSR does not wait for earlier stores, as a store to memory would: 11.12.3. */
	__asm__ volatile("mfence; lfence" : : : "memory");
	wrmsr(MSR_X2APIC_ICR, (u64)apic_id << 32 | command);
}

/* The x2APIC id, equal to the APIC id if that has only 8 bits (SDM vol. 2, CPUID leaf 0BH). */
u32 apic_own_id(void)
{
	if (cpuid(0, 0).eax >= 0xb && cpuid(0xb, 0).ebx & 0xffff)
		return cpuid(0xb, 0).edx;
	return cpuid(1, 0).ebx >> 24;
}

static bool is_mapped(const struct pgtable *pt, u64 va)
{
	struct pt_path path;

	return pt_lookup(pt, va, &path) == PT_MAPPED && pt_path_phys(&path, va) == va &&
	       path.entry[path.nr - 1].rights & PTR_SW;
}

int apic_prepare(struct pgtable *pt)
{
	u64 base, page;

	if (!(cpuid(1, 0).edx >> 9 & 1))
		return -ENODEV;
	base = rdmsr(MSR_APIC_BASE);
	page = base & PTE_ADDR_MASK;
	if (!(base & APIC_ENABLED))
		return -ENODEV;
	if (base & APIC_X2)
		return 0;
	for (u32 i = 0; i < smp_nr_cpus(); i++) {
		if (smp_apic_id(i) >= XAPIC_BROADCAST)
			return -ENODEV;
	}
	/* The identity map has it if the firmware maps it; the MTRRs make it uncached. */
	if (is_mapped(pt, page))
		return 0;
	return pt_map(pt, page, page, PAGE_SIZE, PT_WRITE | PT_NOEXEC | PT_PCD | PT_PWT, 0)
		       ? -ENODEV
		       : 0;
}

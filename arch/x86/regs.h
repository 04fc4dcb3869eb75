/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Control registers, MSRs, CPUID, ports, descriptor tables: names and instructions. */
#ifndef ARCH_X86_REGS_H
#define ARCH_X86_REGS_H

#include "kernel.h"

/* SDM vol. 3, 2.5 */
#define CR0_WP	  (1ULL << 16)
#define CR0_PG	  (1ULL << 31)
#define CR4_PAE	  (1ULL << 5)
#define CR4_PGE	  (1ULL << 7)
#define CR4_LA57  (1ULL << 12)
#define CR4_PCIDE (1ULL << 17)
#define CR4_SMEP  (1ULL << 20)
#define CR4_SMAP  (1ULL << 21)
#define CR4_PKE	  (1ULL << 22)
#define CR4_CET	  (1ULL << 23)
#define CR4_PKS	  (1ULL << 24)

#define MSR_EFER      0xc0000080u
#define EFER_NXE      (1ULL << 11)
#define MSR_PAT	      0x277u
#define MSR_S_CET     0x6a2u /* SDM vol. 4 */
#define S_CET_SHSTK   (1ULL << 0)
#define MSR_FS_BASE   0xc0000100u
#define MSR_GS_BASE   0xc0000101u
#define MSR_MTRRCAP   0xfeu
#define MSR_MTRR_DEF  0x2ffu
#define MSR_MTRR_PHYS 0x200u

#define RFLAGS_IF (1ULL << 9)
#define RFLAGS_AC (1ULL << 18)

struct __attribute__((packed)) table_pointer { /* operand of LGDT and LIDT */
	u16 limit;
	u64 base;
};

#define DEFINE_CR(n)                                                                               \
	static inline u64 read_cr##n(void)                                                         \
	{                                                                                          \
		u64 v;                                                                             \
		__asm__ volatile("mov %%cr" #n ", %0" : "=r"(v));                                  \
		return v;                                                                          \
	}                                                                                          \
	static inline void write_cr##n(u64 v)                                                      \
	{                                                                                          \
		__asm__ volatile("mov %0, %%cr" #n : : "r"(v) : "memory");                         \
	}
DEFINE_CR(0)
DEFINE_CR(2)
DEFINE_CR(3)
DEFINE_CR(4)

#define DEFINE_SELECTOR(reg)                                                                       \
	static inline u16 read_##reg(void)                                                         \
	{                                                                                          \
		u16 v;                                                                             \
		__asm__ volatile("mov %%" #reg ", %0" : "=r"(v));                                  \
		return v;                                                                          \
	}
DEFINE_SELECTOR(cs)
DEFINE_SELECTOR(ss)
DEFINE_SELECTOR(ds)
DEFINE_SELECTOR(es)
DEFINE_SELECTOR(fs)
DEFINE_SELECTOR(gs)

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (u64)hi << 32 | lo;
}

static inline u64 read_rflags(void)
{
	u64 v;

	__asm__ volatile("pushfq; pop %0" : "=r"(v));
	return v;
}

#define DEFINE_PLAIN(instruction)                                                                  \
	static inline void instruction(void)                                                       \
	{                                                                                          \
		__asm__ volatile(#instruction : : : "memory");                                     \
	}
DEFINE_PLAIN(cli)
DEFINE_PLAIN(sti)
DEFINE_PLAIN(wbinvd)

static inline void invlpg(u64 va)
{
	__asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

static inline struct table_pointer sgdt(void)
{
	struct table_pointer p;

	__asm__ volatile("sgdt %0" : "=m"(p));
	return p;
}

static inline struct table_pointer sidt(void)
{
	struct table_pointer p;

	__asm__ volatile("sidt %0" : "=m"(p));
	return p;
}

static inline void lgdt(const struct table_pointer *p)
{
	__asm__ volatile("lgdt %0" : : "m"(*p) : "memory");
}

static inline void lidt(const struct table_pointer *p)
{
	__asm__ volatile("lidt %0" : : "m"(*p) : "memory");
}

static inline u16 str(void)
{
	u16 v;

	__asm__ volatile("str %0" : "=r"(v));
	return v;
}

static inline void ltr(u16 selector)
{
	__asm__ volatile("ltr %0" : : "r"(selector) : "memory");
}

static inline u16 sldt(void)
{
	u16 v;

	__asm__ volatile("sldt %0" : "=r"(v));
	return v;
}

static inline void outb(u16 port, u8 v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outw(u16 port, u16 v)
{
	__asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline void outsb(u16 port, const void *p, size_t n)
{
	__asm__ volatile("rep outsb" : "+S"(p), "+c"(n) : "d"(port) : "memory");
}

#endif

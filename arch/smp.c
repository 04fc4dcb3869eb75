/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parts of SMP that do not depend on the CPU: numbering, and results in words. */
#include "arch/smp.h"

#include "lib.h"

static bool is_twin(const struct smp_cpu *cpus, u32 i)
{
	for (u32 k = 0; k < i; k++) {
		if (cpus[k].apic_id == cpus[i].apic_id)
			return true;
	}
	return false;
}

u32 smp_number(struct smp_cpu *cpus, u32 nr, u32 max)
{
	u32 next = 1;

	for (u32 i = 0; i < nr; i++)
		cpus[i].nr = -1;
	for (u32 i = 0; i < nr; i++) {
		if (cpus[i].boot) {
			cpus[i].nr = 0;
			break;
		}
	}
	for (u32 i = 0; i < nr && next < max; i++) {
		const struct smp_cpu *c = &cpus[i];

		if (!c->boot && c->enabled && c->healthy && !is_twin(cpus, i))
			cpus[i].nr = (int)next++;
	}
	return next;
}

static const char *what_happened(const struct smp_failure *f)
{
	if (f->text[0])
		return f->text;
	return f->err == -ETIMEDOUT ? "did not come back in time and was stopped where it was"
				    : err_name(f->err);
}

void smp_result_text(char *buf, size_t size, const struct smp_result *r)
{
	const struct smp_failure *f = &r->first;
	int n = 0;

	buf[0] = '\0';
	if (!r->nr_failed)
		return;
	if (f->err == -EFAULT)
		n = fmt_print(buf, size,
			      "CPU %u: exception %llu, error %#llx at RIP %#llx, CR2 %#llx", f->cpu,
			      f->trap.vector, f->trap.error, f->trap.rip, f->trap.cr2);
	else
		n = fmt_print(buf, size, "CPU %u: %s", f->cpu, what_happened(f));
	if (r->nr_failed > 1 && (size_t)n < size)
		fmt_print(buf + n, size - (size_t)n, "; %u CPUs failed in all", r->nr_failed);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A machine that a file describes has no CPUs of its own: there is only this one. */
#include "arch/smp.h"

#include "lib.h"

static struct smp_result *running;

u32 smp_nr_cpus(void)
{
	return 1;
}

u32 smp_found(const struct smp_cpu **ret)
{
	*ret = NULL;
	return 0;
}

const char *smp_note(void)
{
	return "a described machine has no CPUs to run on";
}

struct run {
	void (*fn)(const struct smp_call *call);
	struct smp_call call;
};

static int call_fn(void *arg)
{
	struct run *r = arg;

	r->fn(&r->call);
	return 0;
}

int smp_run_timed(void (*fn)(const struct smp_call *call), void *arg, u32 patience_ms,
		  struct smp_result *ret)
{
	struct run r = {fn, {.arg = arg, .nr = 1}};
	int value, err;

	(void)patience_ms;
	ASSERT(!running, "smp_run() inside smp_run()");
	memset(ret, 0, sizeof(*ret));
	ret->nr = 1;
	running = ret;
	err = arch_guarded(call_fn, &r, &value, &ret->first.trap);
	running = NULL;
	ret->nr_failed = err != 0;
	ret->first.err = err;
	return err;
}

int smp_run(void (*fn)(const struct smp_call *call), void *arg, struct smp_result *ret)
{
	return smp_run_timed(fn, arg, SMP_PATIENCE_MS, ret);
}

void smp_flush_tlb(u64 va, u64 size)
{
	(void)va;
	(void)size;
}

bool smp_tell(const char *text)
{
	if (running)
		fmt_print(running->first.text, sizeof(running->first.text), "%s", text);
	return running != NULL;
}

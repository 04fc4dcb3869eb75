/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Work on all CPUs: the firmware starts them, each enters through its own gate, all go back. */
#include "arch/smp.h"

#include "arch/x86.h"
#include "fw.h"
#include "lib.h"
#include "percpu.h"

#define COME_US	   10000000 /* firmware starts CPUs slowly */
#define LEAVE_US   10000000
#define POLL_US	   20000 /* so often the firmware's own timers may run */
#define STOPPED_US 1000000

enum { GO_WAIT, GO_RUN, GO_BACK };

static struct {
	u32 nr; /* CPUs that can be used */
	u32 nr_found;
	struct smp_cpu found[SMP_MAX_FOUND];
	u32 apic_ids[MAX_CPUS];
	char note[160];
	u64 ticks_per_ms;

	bool running; /* inside smp_run() */
	u64 awaited;  /* a bit for each other CPU that was called and is not lost */
	u32 go;
	void (*fn)(const struct smp_call *call);
	struct smp_call call;
} smp = {.nr = 1};

u32 smp_nr_cpus(void)
{
	return smp.nr;
}

u32 smp_apic_id(u32 nr)
{
	return smp.apic_ids[nr];
}

u32 smp_found(const struct smp_cpu **ret)
{
	*ret = smp.found;
	return smp.nr_found;
}

const char *smp_note(void)
{
	return smp.note;
}

void smp_give_up(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(smp.note, sizeof(smp.note), fmt, ap);
	va_end(ap);
	smp.nr = 1;
}

u64 smp_ticks(u64 microseconds)
{
	return microseconds * smp.ticks_per_ms / 1000;
}

static u32 step_of(const struct cpu *c)
{
	return __atomic_load_n(&c->step, __ATOMIC_ACQUIRE);
}

static void set_step(struct cpu *c, enum cpu_step step)
{
	__atomic_store_n(&c->step, (u32)step, __ATOMIC_RELEASE);
}

/* False: its step was no longer `from`. */
static bool change_step(struct cpu *c, u32 from, enum cpu_step to)
{
	return __atomic_compare_exchange_n(&c->step, &from, (u32)to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

/* A bit for each awaited CPU that has not reached `step`. */
static u64 missing_at(enum cpu_step step)
{
	u64 missing = 0;

	for (u64 rest = smp.awaited; rest; rest &= rest - 1) {
		u32 i = lowest_bit(rest);

		if (step_of(gate_cpu_nr(i)) < (u32)step)
			missing |= 1ULL << i;
	}
	return missing;
}

/* Waits until all have reached `step`. False: not in time. */
static bool await(enum cpu_step step, u64 microseconds, bool let_firmware)
{
	u64 start = arch_cycles(), polled = start;

	while (missing_at(step)) {
		if (arch_cycles() - start > smp_ticks(microseconds))
			return false;
		if (let_firmware && arch_cycles() - polled > smp_ticks(POLL_US)) {
			fw_stall(1000);
			polled = arch_cycles();
		}
		__builtin_ia32_pause();
	}
	return true;
}

/* ---- on each CPU ------------------------------------------------------------------------- */

static int call_fn(void *arg)
{
	const struct smp_call *call = arg;

	smp.fn(call);
	return 0;
}

static void run_fn(struct cpu *c)
{
	struct smp_call call = smp.call;
	int value;

	call.cpu = c->percpu.nr;
	c->failure.err = arch_guarded(call_fn, &call, &value, &c->failure.trap);
}

static void in_our_world(void *arg)
{
	struct cpu *c = arg;
	u32 go;

	tlb_join(c);
	if (change_step(c, CPU_COMING, CPU_HERE)) {
		while (!(go = __atomic_load_n(&smp.go, __ATOMIC_ACQUIRE)))
			__builtin_ia32_pause();
		if (go == GO_RUN)
			run_fn(c);
		set_step(c, CPU_DONE);
	}
	tlb_leave(c);
}

static bool same_registers(const struct cpu_state *a, struct cpu_state *b)
{
	if (!a->tr) /* see gate.c */
		b->tr = 0;
	return !memcmp(a, b, sizeof(*a));
}

static struct cpu *find_own(void)
{
	u32 id = apic_own_id();

	for (u32 i = 1; i < smp.nr; i++) {
		if (smp.apic_ids[i] == id)
			return gate_cpu_nr(i);
	}
	return NULL;
}

/* Called by the firmware on each AP, in the firmware's world and on its stack. A CPU that is too
 * late goes back at once. */
static void ap_entry(void *arg)
{
	struct cpu *c = find_own();
	struct cpu_state before, after;

	(void)arg;
	if (!c || !change_step(c, CPU_CALLED, CPU_COMING))
		return;
	memset(&before, 0, sizeof(before));
	memset(&after, 0, sizeof(after));
	arch_read_state(&before);
	if (!gate_enter_on(c, in_our_world, c)) {
		arch_read_state(&after);
		if (!same_registers(&before, &after) && !c->failure.err)
			c->failure.err = -EIO;
	}
	set_step(c, CPU_GONE);
}

/* ---- on the boot CPU --------------------------------------------------------------------- */

/* Measures the ticks of a millisecond, by the firmware's clock. */
static void measure_time(void)
{
	u64 start = arch_cycles();

	fw_stall(5000);
	smp.ticks_per_ms = max((arch_cycles() - start) / 5, 1000ULL);
}

/* Gives up: CPUs that are not here must not enter any more; the others are sent back. */
static int send_back(void)
{
	u32 late = 0, apic_id = 0, nr = smp.nr;

	for (u32 i = 1; i < nr; i++) {
		struct cpu *c = gate_cpu_nr(i);

		if (!change_step(c, CPU_CALLED, CPU_TOO_LATE) &&
		    !change_step(c, CPU_COMING, CPU_TOO_LATE))
			continue;
		if (!late++)
			apic_id = c->percpu.apic_id;
	}
	__atomic_store_n(&smp.go, (u32)GO_BACK, __ATOMIC_RELEASE);
	fw_mp_wait(LEAVE_US);
	smp_give_up("%u of %u CPUs did not come within %u s, first the one with APIC id %u; "
		    "going on with the boot CPU alone",
		    late, nr - 1, COME_US / 1000000, apic_id);
	return -ETIMEDOUT;
}

/* Brings all other CPUs to our world, where they wait. On an error they stay with the firmware. */
static int gather(void)
{
	int err;

	if (!smp.ticks_per_ms)
		measure_time();
	__atomic_store_n(&smp.go, (u32)GO_WAIT, __ATOMIC_RELEASE);
	smp.awaited = 0;
	for (u32 i = 1; i < smp.nr; i++) {
		struct cpu *c = gate_cpu_nr(i);

		memset(&c->failure, 0, sizeof(c->failure));
		set_step(c, CPU_CALLED);
		smp.awaited |= 1ULL << i;
	}
	err = fw_mp_start(ap_entry, NULL);
	if (err) {
		smp_give_up("the firmware does not start the other CPUs: %s (%s)", err_name(err),
			    fw_last_error());
		return -ENODEV;
	}
	return await(CPU_HERE, COME_US, true) ? 0 : send_back();
}

/* For a CPU that does not even answer an NMI: after an INIT it waits for a start-up message. */
static void leave_behind(struct cpu *c)
{
	apic_send(c->percpu.apic_id, APIC_INIT);
	smp.awaited &= ~(1ULL << c->percpu.nr);
	c->failure.err = -ETIMEDOUT;
	fmt_print(c->failure.text, sizeof(c->failure.text),
		  "it does not answer: it was left behind");
	smp_give_up("CPU %u stopped answering and was left behind; going on with the boot CPU "
		    "alone",
		    c->percpu.nr);
}

/* Stops the CPUs that do not return from fn. */
static void stop_the_rest(void)
{
	u64 lost;

	tlb_stop(missing_at(CPU_DONE));
	await(CPU_DONE, STOPPED_US, false);
	for (lost = missing_at(CPU_DONE); lost; lost &= lost - 1)
		leave_behind(gate_cpu_nr(lowest_bit(lost)));
}

/* Called when the boot CPU has finished fn: waits until all others are back with the firmware. The
 * firmware can confirm this only if no CPU is lost. */
static void part(u32 patience_ms)
{
	struct cpu *boot = gate_cpu_nr(0);
	u32 nr = smp.nr;

	if (!await(CPU_DONE, patience_ms * 1000ULL, false))
		stop_the_rest();
	tlb_leave(boot);
	set_step(boot, CPU_AWAY);
	if (!await(CPU_GONE, LEAVE_US, false) || (smp.nr == nr && fw_mp_wait(LEAVE_US)))
		smp_give_up("the firmware does not say that the other CPUs are back with it");
}

static void collect(u32 nr, struct smp_result *ret)
{
	for (u32 i = nr; i-- > 0;) {
		struct smp_failure *f = &gate_cpu_nr(i)->failure;

		if (!f->err)
			continue;
		f->cpu = i;
		if (f->err == -EIO && !f->text[0])
			fmt_print(f->text, sizeof(f->text),
				  "its registers are not as the firmware had them");
		ret->first = *f;
		ret->nr_failed++;
	}
}

int smp_run_timed(void (*fn)(const struct smp_call *call), void *arg, u32 patience_ms,
		  struct smp_result *ret)
{
	struct cpu *boot = gate_cpu_nr(0);
	int err = 0;

	ASSERT(!smp.running && gate_in_our_world() && this_cpu() == boot,
	       "smp_run() inside smp_run()");
	memset(ret, 0, sizeof(*ret));
	memset(&boot->failure, 0, sizeof(boot->failure));
	if (smp.nr > 1)
		err = gather();
	ret->nr = err ? 1 : smp.nr;
	smp.fn = fn;
	smp.call = (struct smp_call){.arg = arg, .nr = ret->nr};
	smp.running = true;
	if (ret->nr > 1) {
		tlb_join(boot);
		set_step(boot, CPU_HERE);
		__atomic_store_n(&smp.go, (u32)GO_RUN, __ATOMIC_RELEASE);
	}
	run_fn(boot);
	if (ret->nr > 1)
		part(patience_ms);
	smp.running = false;
	collect(ret->nr, ret);
	return ret->nr_failed ? ret->first.err : err;
}

int smp_run(void (*fn)(const struct smp_call *call), void *arg, struct smp_result *ret)
{
	return smp_run_timed(fn, arg, SMP_PATIENCE_MS, ret);
}

bool smp_tell(const char *text)
{
	struct smp_failure *f = &gate_cpu()->failure;

	if (!smp.running)
		return false;
	fmt_print(f->text, sizeof(f->text), "%s", text);
	return true;
}

/* ---- preparing --------------------------------------------------------------------------- */

static void take_found(void)
{
	u32 total, enabled;
	int err = fw_mp_count(&total, &enabled);

	if (err) {
		smp_give_up("the firmware has no MP services: %s %s", err_name(err),
			    fw_last_error());
		return;
	}
	for (u32 i = 0; i < total && smp.nr_found < SMP_MAX_FOUND; i++)
		smp.nr_found += !fw_mp_cpu(i, &smp.found[smp.nr_found]);
	smp.nr = smp_number(smp.found, smp.nr_found, MAX_CPUS);
	for (u32 i = 0; i < smp.nr_found; i++) {
		if (smp.found[i].nr >= 0)
			smp.apic_ids[smp.found[i].nr] = smp.found[i].apic_id;
	}
	smp.apic_ids[0] = apic_own_id();
}

u32 smp_prepare(u32 *ids)
{
	char word[8];

	smp.apic_ids[0] = apic_own_id();
	if (!fw_option("nosmp", word, sizeof(word)) && strcmp(word, "0"))
		smp_give_up("nosmp: the other CPUs stay with the firmware");
	else
		take_found();
	memcpy(ids, smp.apic_ids, sizeof(smp.apic_ids));
	return smp.nr;
}

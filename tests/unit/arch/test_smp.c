/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Numbers for CPUs, results in words, and what a described machine does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/smp.h"

static void cpus_are_numbered_densely_the_boot_cpu_first(void **state)
{
	struct smp_cpu cpus[] = {
		{.apic_id = 8, .enabled = true, .healthy = true},
		{.apic_id = 0, .enabled = true, .healthy = true, .boot = true},
		{.apic_id = 2, .enabled = false, .healthy = true},
		{.apic_id = 3, .enabled = true, .healthy = false},
		{.apic_id = 8, .enabled = true, .healthy = true}, /* listed twice */
		{.apic_id = 5, .enabled = true, .healthy = true},
	};

	(void)state;
	assert_int_equal(smp_number(cpus, ARRAY_SIZE(cpus), MAX_CPUS), 3);
	assert_int_equal(cpus[0].nr, 1);
	assert_int_equal(cpus[1].nr, 0);
	assert_int_equal(cpus[2].nr, -1);
	assert_int_equal(cpus[3].nr, -1);
	assert_int_equal(cpus[4].nr, -1);
	assert_int_equal(cpus[5].nr, 2);
	assert_int_equal(smp_number(cpus, ARRAY_SIZE(cpus), 2), 2);
	assert_int_equal(cpus[5].nr, -1);
	assert_int_equal(smp_number(cpus, 0, MAX_CPUS), 1);
}

static void results_are_told_in_words(void **state)
{
	struct smp_result r = {.nr = 4};
	char text[200];

	(void)state;
	smp_result_text(text, sizeof(text), &r);
	assert_string_equal(text, "");
	r = (struct smp_result){.nr_failed = 2, .first = {.cpu = 3, .err = -EFAULT}};
	r.first.trap.vector = 14;
	r.first.trap.rip = 0x1234;
	smp_result_text(text, sizeof(text), &r);
	assert_string_equal(text, "CPU 3: exception 14, error 0 at RIP 0x1234, CR2 0; "
				  "2 CPUs failed in all");
	r = (struct smp_result){.nr_failed = 1, .first = {.cpu = 1, .err = -ETIMEDOUT}};
	smp_result_text(text, sizeof(text), &r);
	assert_string_equal(text, "CPU 1: did not come back in time and was stopped where it was");
	r.first = (struct smp_failure){.cpu = 1, .err = -EINTR, .text = "a.c:1: assertion failed"};
	smp_result_text(text, sizeof(text), &r);
	assert_string_equal(text, "CPU 1: a.c:1: assertion failed");
}

static void count(const struct smp_call *call)
{
	assert_int_equal(call->cpu, 0);
	assert_int_equal(call->nr, 1);
	++*(u32 *)call->arg;
}

static void a_described_machine_has_one_cpu(void **state)
{
	const struct smp_cpu *found;
	struct smp_result r;
	u32 calls = 0;

	(void)state;
	assert_int_equal(smp_run(count, &calls, &r), 0);
	assert_int_equal(calls, 1);
	assert_int_equal(r.nr, 1);
	assert_int_equal(r.nr_failed, 0);
	assert_int_equal(smp_nr_cpus(), 1);
	assert_int_equal(smp_found(&found), 0);
	assert_string_not_equal(smp_note(), "");
	assert_false(smp_tell("outside"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpus_are_numbered_densely_the_boot_cpu_first),
		cmocka_unit_test(results_are_told_in_words),
		cmocka_unit_test(a_described_machine_has_one_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* On a workstation there is no CPU whose tables we may change. */
#include "arch/probe.h"

int arch_probe_features(struct access_cpu *ret)
{
	(void)ret;
	return -ENODEV;
}

int arch_probe(struct mem_system *sys, const struct probe_setup *setup, struct probe_step *steps,
	       u32 nr, u64 *ret_va)
{
	(void)sys;
	(void)setup;
	(void)steps;
	(void)nr;
	(void)ret_va;
	return -ENODEV;
}

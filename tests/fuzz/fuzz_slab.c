/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Any sequence of right and wrong calls of SLUB and kmalloc, compared with the model in
 * tests/lib/slab_model.c. The first byte chooses one of a few machines, which stay for the whole
 * process; the other bytes choose the calls. At the end everything is freed, and all pages must be
 * free again.
 */
#include <string.h>

#include "kernel.h"
#include "slab_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *at, *end;
};

/* A number less than `below`, from as many bytes as that needs; 0 when no byte is left. */
static u32 choose(void *ctx, u32 below)
{
	struct bytes *bytes = ctx;
	u32 value = 0;

	for (u64 most = 1; most < below && bytes->at < bytes->end; most <<= 8)
		value = value << 8 | *bytes->at++;
	return value % below;
}

static struct mem_system *machine(u32 i)
{
	static const char *const specs[] = {
		"32M cpus=2 nodes=2",
		"32M cpus=3 merge randomise",
		"32M cpus=2 slub_debug=FZU quarantine=9",
		"32M cpus=2 nodes=2 merge slub_debug=ZU,kmalloc-*",
	};
	static struct mem_system *machines[ARRAY_SIZE(specs)];

	i %= ARRAY_SIZE(specs);
	if (!machines[i])
		machines[i] = sim_new(specs[i]);
	return machines[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct slab_model m;
	struct bytes bytes = {data + 1, data + size};

	if (!size)
		return 0;
	m = (struct slab_model){.sys = machine(data[0]),
				.choose = choose,
				.ctx = &bytes,
				.nr_slots = 200,
				.size_bits = 14,
				.fail = data[0] & 0x80};
	slab_model_begin(&m);
	while (bytes.at < bytes.end)
		slab_model_step(&m);
	slab_model_end(&m);
	return 0;
}

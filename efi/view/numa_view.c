/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Nodes as ACPI tells them: ranges, CPUs, distances, latency and bandwidth. */
#include "lib.h"
#include "ui/views.h"

static void show_ranges(struct emit *out, const struct numa_info *n)
{
	emit_list(out, "ranges");
	for (u32 i = 0; i < n->nr_ranges && !emit_stopped(out); i++) {
		const struct numa_range *r = &n->ranges[i];

		emit_row(out,
			 "node {node:2}: {start:016x}-{end:016x} {:8M} MiB{hotplug? hot-pluggable}"
			 "{non_volatile? non-volatile}\n",
			 r->nid, r->start, r->end - 1, r->end - r->start, r->hotplug,
			 r->non_volatile);
	}
	emit_end(out);
}

static void show_cpus(struct emit *out, const struct numa_info *n)
{
	emit_list(out, "cpus");
	for (u32 i = 0; i < n->nr_cpus && !emit_stopped(out); i++) {
		const struct numa_cpu *c = &n->cpus[i];

		char node[16] = "no node";

		if (c->nid != NUMA_NO_NODE)
			fmt_print(node, sizeof(node), "node %d", c->nid);
		emit_row(
			out,
			"cpu  APIC id {apic_id:3}: {node!}{:}{acpi_uid!}{enabled!}{online_capable!}"
			"{:}\n",
			c->apic_id, c->nid, node, c->acpi_uid, c->enabled, c->online_capable,
			c->enabled	    ? ""
			: c->online_capable ? " (may come)"
					    : " (off)");
	}
	emit_end(out);
}

static void show_distances(struct emit *out, const struct numa_info *n)
{
	u32 nodes = max(n->nr_nodes, 1u);

	emit_put(out, "distances{have_slit?| (no SLIT: 10 and 20 assumed)}\nnode ", n->have_slit);
	for (u32 j = 0; j < nodes; j++)
		emit_text(out, "%4u", j);
	emit_text(out, "\n");
	emit_list(out, "distances");
	for (u32 i = 0; i < nodes; i++) {
		emit_text(out, "%4u:", i);
		emit_list(out, NULL);
		for (u32 j = 0; j < nodes; j++) {
			emit_put(out, "{distance:4}", numa_distance(n, (int)i, (int)j));
		}
		emit_end(out);
		emit_text(out, "\n");
	}
	emit_end(out);
}

/* ACPI 6.5, table 5.146 */
static const char *perf_name(u8 type)
{
	static const char *const names[] = {"access latency", "read latency",
					    "write latency",  "access bandwidth",
					    "read bandwidth", "write bandwidth"};

	return type < ARRAY_SIZE(names) ? names[type] : "?";
}

static void show_perf(struct emit *out, const struct numa_info *n)
{
	emit_list(out, "performance");
	for (u32 i = 0; i < n->nr_perf && !emit_stopped(out); i++) {
		const struct numa_perf *p = &n->perf[i];

		emit_object(out, NULL);
		emit_put(out, "domain {initiator} to {target}: {what} {measure} {:}",
			 p->initiator_pxm, p->target_pxm, perf_name(p->data_type), p->value,
			 p->data_type < 3 ? "ps" : "MiB/s");
		if (p->hierarchy)
			emit_put(out, ", memory side cache level {hierarchy}", p->hierarchy);
		else
			emit_field(out, "hierarchy", 0);
		emit_text(out, "\n");
		emit_end(out);
	}
	emit_end(out);
}

/* Domains are ACPI's numbers for what Linux numbers as nodes; HMAT speaks of domains. */
static void show_domains(struct emit *out, const struct numa_info *n)
{
	emit_list(out, "domains");
	for (u32 i = 0; i < n->nr_nodes; i++) {
		if (n->pxm_of_node[i] != i)
			emit_text(out, "node %2u: proximity domain %u\n", i, n->pxm_of_node[i]);
		emit_field(out, "domain", n->pxm_of_node[i]);
	}
	emit_end(out);
}

void view_numa(struct emit *out, const struct numa_info *n, const char *acpi_note,
	       enum numa_verdict verdict, phys_addr_t conflict)
{
	emit_object(out, NULL);
	if (acpi_note[0])
		emit_put(out, "ACPI: {acpi_note}\n", acpi_note);
	emit_put(out, "{nr_nodes!}{:} node{:}; {verdict}", n->nr_nodes, max(n->nr_nodes, 1u),
		 n->nr_nodes > 1 ? "s" : "", numa_verdict_name(verdict));
	if (verdict == NUMA_CONFLICT || verdict == NUMA_INCOMPLETE)
		emit_put(out, ", first at {conflict:#x}", conflict);
	emit_text(out, "\n");
	show_domains(out, n);
	show_ranges(out, n);
	show_cpus(out, n);
	show_distances(out, n);
	show_perf(out, n);
	if (n->lost)
		emit_put(out, "{lost} entries did not fit into our tables\n", n->lost);
	else
		emit_field(out, "lost", 0);
	emit_end(out);
}

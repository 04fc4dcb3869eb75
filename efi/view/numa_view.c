/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Nodes as ACPI tells them: ranges, CPUs, distances, latency and bandwidth. */
#include "lib.h"
#include "ui/views.h"

static void show_ranges(struct emit *out, const struct numa_info *n)
{
	emit_list(out, "ranges");
	for (u32 i = 0; i < n->nr_ranges && !emit_stopped(out); i++) {
		const struct numa_range *r = &n->ranges[i];

		emit_text(out, "node %2d: %016llx-%016llx %8llu MiB%s%s\n", r->nid, r->start,
			  r->end - 1, (r->end - r->start) / MiB, r->hotplug ? " hot-pluggable" : "",
			  r->non_volatile ? " non-volatile" : "");
		emit_object(out, NULL);
		emit_field(out, "node", r->nid);
		emit_field(out, "start", r->start);
		emit_field(out, "end", r->end - 1);
		emit_field(out, "hotplug", r->hotplug);
		emit_field(out, "non_volatile", r->non_volatile);
		emit_end(out);
	}
	emit_end(out);
}

static void show_cpus(struct emit *out, const struct numa_info *n)
{
	emit_list(out, "cpus");
	for (u32 i = 0; i < n->nr_cpus && !emit_stopped(out); i++) {
		const struct numa_cpu *c = &n->cpus[i];

		if (c->nid == NUMA_NO_NODE)
			emit_text(out, "cpu  APIC id %3u: no node", c->apic_id);
		else
			emit_text(out, "cpu  APIC id %3u: node %d", c->apic_id, c->nid);
		emit_text(out, "%s\n",
			  c->enabled	      ? ""
			  : c->online_capable ? " (may come)"
					      : " (off)");
		emit_object(out, NULL);
		emit_field(out, "apic_id", c->apic_id);
		emit_field(out, "node", c->nid);
		emit_field(out, "acpi_uid", c->acpi_uid);
		emit_field(out, "enabled", c->enabled);
		emit_field(out, "online_capable", c->online_capable);
		emit_end(out);
	}
	emit_end(out);
}

static void show_distances(struct emit *out, const struct numa_info *n)
{
	u32 nodes = max(n->nr_nodes, 1u);

	emit_text(out, "distances%s\nnode ", n->have_slit ? "" : " (no SLIT: 10 and 20 assumed)");
	for (u32 j = 0; j < nodes; j++)
		emit_text(out, "%4u", j);
	emit_text(out, "\n");
	emit_list(out, "distances");
	for (u32 i = 0; i < nodes; i++) {
		emit_text(out, "%4u:", i);
		emit_list(out, NULL);
		for (u32 j = 0; j < nodes; j++) {
			emit_text(out, "%4u", numa_distance(n, (int)i, (int)j));
			emit_field(out, "distance", numa_distance(n, (int)i, (int)j));
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

		emit_text(out, "domain %u to %u: %s %llu %s", p->initiator_pxm, p->target_pxm,
			  perf_name(p->data_type), p->value, p->data_type < 3 ? "ps" : "MiB/s");
		if (p->hierarchy)
			emit_text(out, ", memory side cache level %u", p->hierarchy);
		emit_text(out, "\n");
		emit_object(out, NULL);
		emit_field(out, "initiator", p->initiator_pxm);
		emit_field(out, "target", p->target_pxm);
		emit_field(out, "hierarchy", p->hierarchy);
		emit_field(out, "what", perf_name(p->data_type));
		emit_field(out, "measure", p->value);
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

void view_numa(struct emit *out, const struct numa_info *n, enum numa_verdict verdict,
	       phys_addr_t conflict)
{
	emit_object(out, NULL);
	emit_field(out, "nr_nodes", n->nr_nodes);
	emit_field(out, "verdict", numa_verdict_name(verdict));
	emit_field(out, "lost", n->lost);
	emit_text(out, "%u node%s; %s", max(n->nr_nodes, 1u), n->nr_nodes > 1 ? "s" : "",
		  numa_verdict_name(verdict));
	if (verdict == NUMA_CONFLICT || verdict == NUMA_INCOMPLETE) {
		emit_text(out, ", first at %#llx", conflict);
		emit_field(out, "conflict", conflict);
	}
	emit_text(out, "\n");
	show_domains(out, n);
	show_ranges(out, n);
	show_cpus(out, n);
	show_distances(out, n);
	show_perf(out, n);
	if (n->lost)
		emit_text(out, "%u entries did not fit into our tables\n", n->lost);
	emit_end(out);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What commands of several rooms share. */
#include "arch/smp.h"
#include "cmds.h"
#include "lib.h"
#include "parse/facts.h"

int cmd_poll_stop(void *ctx, u64 done, u64 total)
{
	struct cmd_call *call = ctx;

	(void)done;
	(void)total;
	if (shell_poll(&call->app->shell))
		call->out->stopped = true;
	return emit_stopped(call->out);
}

const char *cmd_caller(const struct app *app, u64 caller, char *buf, size_t size)
{
	const struct machine *m = &app->machine;
	bool ours = caller >= m->image_start && caller < m->image_end;
	const struct fact_image *image =
		ours || !caller ? NULL : facts_image_at(fw_facts(), caller);

	if (!caller)
		fmt_print(buf, size, "-");
	else if (ours)
		fmt_print(buf, size, "tablewalk+%#llx", caller - m->image_start);
	else if (image)
		fmt_print(buf, size, "%s+%#llx", image->name, caller - image->start);
	else
		fmt_print(buf, size, "%#llx", caller);
	return buf;
}

int cmd_smp_failed(struct cmd_call *call, int err, const struct smp_result *r)
{
	char text[256];

	if (!err)
		return 0;
	smp_result_text(text, sizeof(text), r);
	return cmd_error(call, err, "%s", text[0] ? text : smp_note());
}

void cmd_show_count(struct emit *out, const char *what, u64 count)
{
	if (!count)
		return;
	emit_row(out, "{count:8} {what}\n", count, what);
}

void cmd_node_zones(struct emit *out, const struct mem_system *sys, const pg_data_t *node,
		    const char *label, zone_view *show)
{
	for (u32 type = 0; type < MAX_NR_ZONES; type++) {
		const struct zone *zone = &node->node_zones[type];

		if (!populated_zone(zone))
			continue;
		emit_object(out, NULL);
		emit_put(out, label, node->node_id, zone->name);
		show(out, sys, zone);
		emit_end(out);
	}
}

void cmd_each_zone(struct emit *out, const char *key, const struct mem_system *sys,
		   const char *label, zone_view *show)
{
	emit_list(out, key);
	for_each_node(sys, node)
		cmd_node_zones(out, sys, node, label, show);
	emit_end(out);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Lists of what the firmware knows beside its map: images, memory attributes, GCD. */
#include "parse/facts.h"

#include "cmd/cmds.h"
#include "cmd/tables/explain.h"
#include "lib.h"

/* A list that is not there is no failure of the command: it says why. */
static bool missing(struct cmd_call *call, const char *note)
{
	if (!note[0])
		return false;
	emit_text(call->out, "%s\n", note);
	emit_object(call->out, NULL);
	emit_field(call->out, "note", note);
	emit_end(call->out);
	return true;
}

/* ---- images ------------------------------------------------------------------------------ */

static void show_sections(struct emit *out, const struct fw_facts *f, const struct fact_image *i)
{
	emit_list(out, "sections");
	for (u32 n = 0; n < i->nr_sections; n++) {
		const struct fact_section *s = &f->sections[i->first_section + n];

		emit_text(out, "    %-8s %012llx-%012llx r%s%s\n", s->name, s->start, s->end - 1,
			  s->write ? "w" : "-", s->exec ? "x" : "-");
		emit_object(out, NULL);
		emit_field(out, "name", s->name);
		emit_field(out, "start", s->start);
		emit_field(out, "end", s->end - 1);
		emit_field(out, "write", s->write);
		emit_field(out, "exec", s->exec);
		emit_end(out);
	}
	emit_end(out);
}

static void show_image(struct emit *out, const struct fw_facts *f, const struct fact_image *i,
		       bool sections)
{
	const char *type = memmap_type_linux(i->code_type);

	emit_text(out, "  %-31s %012llx-%012llx %-12s %u sections%s\n", i->name, i->start,
		  i->end - 1, type ? type : "?", i->nr_sections,
		  i->broken ? ", header broken" : "");
	emit_object(out, NULL);
	emit_field(out, "name", i->name);
	emit_field(out, "start", i->start);
	emit_field(out, "end", i->end - 1);
	emit_field(out, "code_type", type);
	emit_field(out, "broken", i->broken);
	if (sections)
		show_sections(out, f, i);
	emit_end(out);
}

static int cmd_images(struct cmd_call *call)
{
	const struct fw_facts *f = fw_facts();
	const char *only = call->argc ? call->argv[0] : NULL;
	u32 shown = 0;

	if (missing(call, f->images_note))
		return 0;
	emit_list(call->out, NULL);
	for (u32 i = 0; i < f->nr_images && !emit_stopped(call->out); i++) {
		if (only && strcmp(only, f->images[i].name))
			continue;
		show_image(call->out, f, &f->images[i], only || call->out->format == EMIT_JSON);
		shown++;
	}
	emit_end(call->out);
	if (only && !shown)
		return cmd_error(call, -ENOENT, "%s: no image has this name", only);
	if (!only)
		emit_text(call->out, "%u images, %u sections\n", f->nr_images, f->nr_sections);
	return 0;
}

/* ---- lists of ranges --------------------------------------------------------------------- */

static int cmd_mat(struct cmd_call *call)
{
	const struct fw_facts *f = fw_facts();

	if (missing(call, f->mat_note))
		return 0;
	emit_list(call->out, NULL);
	for (u32 i = 0; i < f->mat.nr && !emit_stopped(call->out); i++) {
		const struct mem_desc *d = &f->mat.desc[i];
		const struct fact_image *image = facts_image_at(f, d->start);
		const char *type = memmap_type_linux(d->type);
		char attrs[160];

		memmap_attr_format(attrs, sizeof(attrs), d->attr);
		emit_text(call->out, "  %012llx-%012llx %-12s %s%s%s\n", d->start,
			  mem_desc_end(d) - 1, type ? type : "?", attrs, image ? ", in " : "",
			  image ? image->name : "");
		emit_object(call->out, NULL);
		emit_field(call->out, "start", d->start);
		emit_field(call->out, "end", mem_desc_end(d) - 1);
		emit_field(call->out, "type", type);
		emit_field(call->out, "attributes", attrs);
		emit_field(call->out, "image_name", image ? image->name : NULL);
		emit_end(call->out);
	}
	emit_end(call->out);
	emit_text(call->out, "%u entries, version %u\n", f->mat.nr, f->mat.desc_version);
	return 0;
}

static int cmd_gcd(struct cmd_call *call)
{
	const struct fw_facts *f = fw_facts();

	if (missing(call, f->gcd_note))
		return 0;
	emit_list(call->out, NULL);
	for (u32 i = 0; i < f->nr_gcd && !emit_stopped(call->out); i++) {
		const struct fact_gcd *g = &f->gcd[i];
		const struct fact_image *owner = facts_image_of(f, g->owner);
		char attrs[160], caps[160];

		memmap_attr_format(attrs, sizeof(attrs), g->attr);
		memmap_attr_format(caps, sizeof(caps), g->caps);
		emit_text(call->out, "  %013llx-%013llx %s", g->start, g->end - 1,
			  facts_gcd_name(g->type));
		emit_text(call->out, "%s%s%s%s%s\n", attrs[0] ? " " : "", attrs,
			  owner ? ", of " : "", owner ? owner->name : "",
			  g->device ? ", a device's" : "");
		emit_object(call->out, NULL);
		emit_field(call->out, "start", g->start);
		emit_field(call->out, "end", g->end - 1);
		emit_field(call->out, "type", facts_gcd_name(g->type));
		emit_field(call->out, "attributes", attrs);
		emit_field(call->out, "capabilities", caps);
		emit_field(call->out, "owner", owner ? owner->name : NULL);
		emit_end(call->out);
	}
	emit_end(call->out);
	return 0;
}

static const struct cmd rows[] = {
	{.name = "images",
	 .args = "[NAME]",
	 .help = "what the firmware has loaded; of one image, its sections too",
	 .fn = cmd_images,
	 .report = "images",
	 .max_args = 1},
	{.name = "mat",
	 .args = "",
	 .help = "the Memory Attributes Table: rights of runtime memory",
	 .fn = cmd_mat,
	 .report = "mat"},
	{.name = "gcd",
	 .args = "",
	 .help = "the DXE services' map of the physical address space",
	 .fn = cmd_gcd,
	 .report = "gcd"},
};

const struct cmd_table cmds_facts = {ROOM_MACHINE, rows, ARRAY_SIZE(rows)};

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
	emit_row(call->out, "{note}\n", note);
	return true;
}

/* ---- images ------------------------------------------------------------------------------ */

static void show_sections(struct emit *out, const struct fw_facts *f, const struct fact_image *i)
{
	emit_list(out, "sections");
	for (u32 n = 0; n < i->nr_sections; n++) {
		const struct fact_section *s = &f->sections[i->first_section + n];

		emit_row(out, "    {name:-8} {start:012x}-{end:012x} r{write?w|-}{exec?x|-}\n",
			 s->name, s->start, s->end - 1, s->write, s->exec);
	}
	emit_end(out);
}

static void show_image(struct emit *out, const struct fw_facts *f, const struct fact_image *i,
		       bool sections)
{
	const char *type = memmap_type_linux(i->code_type);

	emit_object(out, NULL);
	emit_put(out,
		 "  {name:-31} {start:012x}-{end:012x} {code_type:-12} {nr_sections} sections"
		 "{broken?, header broken}\n",
		 i->name, i->start, i->end - 1, type, i->nr_sections, i->broken);
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
		emit_row(call->out,
			 "  {start:012x}-{end:012x} {type:-12} {attributes}{:}{image_name~}\n",
			 d->start, mem_desc_end(d) - 1, type, attrs, image ? ", in " : "",
			 image ? image->name : NULL);
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
		emit_row(call->out,
			 "  {start:013x}-{end:013x} {type}{:}{attributes}{capabilities!}{:}{owner~}"
			 "{of_device?, a device's}\n",
			 g->start, g->end - 1, facts_gcd_name(g->type), attrs[0] ? " " : "", attrs,
			 caps, owner ? ", of " : "", owner ? owner->name : NULL, g->device);
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

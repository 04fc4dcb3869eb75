/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Structures that firmware leaves in memory: PE headers, debug records, the Memory Attributes
 * Table, ACPI tables. The first byte chooses. Nothing may be read outside the bytes; no section or
 * entry in the result may be outside the image, and every name must be closed with 0.
 */
#include <stddef.h>
#include <stdint.h>

#include "parse/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_image(struct fw_facts *f, const u8 *bytes, size_t size)
{
	struct fact_image image = {.start = 0x7000000, .end = 0x7000000 + 64 * KiB};
	u32 offset, len, first = f->nr_sections;

	facts_add_sections(f, &image, bytes, size);
	ASSERT(image.first_section == first && first + image.nr_sections == f->nr_sections, "%u",
	       first);
	for (u32 i = first; i < f->nr_sections; i++) {
		const struct fact_section *s = &f->sections[i];

		ASSERT(s->start < s->end && s->start >= image.start && s->end <= image.end,
		       "%llx-%llx", s->start, s->end);
		ASSERT(!s->name[8] && strlen(s->name) <= 8, "%u", i);
	}
	if (!pe_codeview_dir(bytes, size, 64 * KiB, &offset, &len))
		ASSERT(offset + (u64)len <= 64 * KiB && len, "%u %u", offset, len);
}

static void check_debug(const u8 *bytes, size_t size)
{
	char name[16];
	u32 offset, len;

	if (size >= 28 && !pe_codeview_at(bytes, 4096, &offset, &len))
		ASSERT(offset + (u64)len <= 4096 && len, "%u %u", offset, len);
	if (!pe_codeview_name(bytes, size, name, sizeof(name)))
		ASSERT(strlen(name) && strlen(name) < sizeof(name), "%zu", strlen(name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fw_facts f;

	f.nr_sections = f.nr_ranges = f.lost = 0;
	f.mat.nr = 0;
	if (!size)
		return 0;
	switch (data[0] & 3) {
	case 0:
		check_image(&f, data + 1, size - 1);
		check_image(&f, data + 1, size - 1);
		break;
	case 1:
		check_debug(data + 1, size - 1);
		break;
	case 2:
		if (facts_parse_mat(&f, data + 1, size - 1))
			ASSERT(!f.mat.nr, "%u", f.mat.nr);
		break;
	default:
		facts_add_acpi(&f, 0x1000, data + 1, size - 1);
		for (u32 i = 0; i < f.nr_ranges; i++)
			ASSERT(f.ranges[i].start < f.ranges[i].end, "%u", i);
		break;
	}
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * PE images in memory (Microsoft PE and COFF specification): sections, and the name that the linker
 * wrote. Every offset comes from the image itself and is checked before use.
 */
#include "parse/facts.h"
#include "lib.h"

#define DOS_LFANEW     0x3c
#define FILE_HEADER    24 /* "PE\0\0" and the COFF header */
#define SECTION_HEADER 40
#define DIRECTORY      8
#define DEBUG_NR       6 /* number of the debug directory */
#define PE32_PLUS      0x20b
#define PE32	       0x10b

#define CODEVIEW      2
#define SECTION_EXEC  0x20000000u
#define SECTION_WRITE 0x80000000u

struct pe {
	const u8 *p;
	size_t size;
	u32 optional, sections; /* offsets */
	u32 optional_size, nr_sections;
};

/* The number at `offset`; 0: it is not inside. */
static u64 get(const struct pe *pe, u64 offset, unsigned width)
{
	u64 v = 0;

	if (offset > pe->size || pe->size - offset < width)
		return 0;
	for (unsigned i = 0; i < width; i++)
		v |= (u64)pe->p[offset + i] << (8 * i);
	return v;
}

static int pe_open(struct pe *pe, const void *bytes, size_t size)
{
	u64 at;

	*pe = (struct pe){.p = bytes, .size = size};
	at = get(pe, 0, 2) == 0x5a4d ? get(pe, DOS_LFANEW, 4) : 0; /* "MZ"; some have none */
	if (get(pe, at, 4) != 0x4550)
		return -EINVAL;
	pe->optional = (u32)at + FILE_HEADER;
	pe->optional_size = (u32)get(pe, at + 20, 2);
	pe->nr_sections = (u32)get(pe, at + 6, 2);
	pe->sections = pe->optional + pe->optional_size;
	return get(pe, pe->optional, 2) ? 0 : -EINVAL;
}

static void take_name(char *name, const u8 *bytes)
{
	u32 i;

	for (i = 0; i < 8 && bytes[i]; i++)
		name[i] = bytes[i] > 32 && bytes[i] < 127 ? (char)bytes[i] : '?';
	name[i] = '\0';
}

int facts_add_sections(struct fw_facts *f, struct fact_image *image, const void *bytes, size_t size)
{
	u64 image_size = image->end - image->start;
	struct pe pe;

	image->first_section = f->nr_sections;
	image->nr_sections = 0;
	image->broken = true;
	if (pe_open(&pe, bytes, size))
		return -EINVAL;
	image->broken = false;
	for (u32 i = 0; i < pe.nr_sections; i++) {
		u64 at = pe.sections + (u64)i * SECTION_HEADER;
		u64 start = get(&pe, at + 12, 4), len = get(&pe, at + 8, 4);
		u32 flags = (u32)get(&pe, at + 36, 4);
		struct fact_section *s = &f->sections[f->nr_sections];

		if (at > size || size - at < SECTION_HEADER) {
			image->broken = true; /* the headers are longer than the image */
			break;
		}
		len = len ? len : get(&pe, at + 16, 4); /* else its length in the file */
		if (start >= image_size || !len)
			continue;
		if (f->nr_sections == FACTS_MAX_SECTIONS) {
			f->lost++;
			break;
		}
		take_name(s->name, pe.p + at);
		s->start = image->start + start;
		s->end = image->start + min(start + len, image_size);
		s->write = flags & SECTION_WRITE;
		s->exec = flags & SECTION_EXEC;
		f->nr_sections++;
		image->nr_sections++;
	}
	return image->broken ? -EINVAL : 0;
}

/* ---- the linker's name ------------------------------------------------------------------- */

static int inside(u64 offset, u64 len, u64 image_size, u32 *ret_offset, u32 *ret_size)
{
	if (!offset || !len || offset >= image_size || len > image_size - offset)
		return -ENOENT;
	*ret_offset = (u32)offset;
	*ret_size = (u32)len;
	return 0;
}

int pe_codeview_dir(const void *bytes, size_t size, u64 image_size, u32 *ret_offset, u32 *ret_size)
{
	struct pe pe;
	u64 magic, dirs, at;

	if (pe_open(&pe, bytes, size))
		return -ENOENT;
	magic = get(&pe, pe.optional, 2);
	if (magic != PE32 && magic != PE32_PLUS)
		return -ENOENT;
	dirs = pe.optional + (magic == PE32_PLUS ? 112u : 96u);
	at = dirs + DEBUG_NR * DIRECTORY;
	if (get(&pe, dirs - 4, 4) <= DEBUG_NR || at + DIRECTORY > pe.sections)
		return -ENOENT;
	return inside(get(&pe, at, 4), get(&pe, at + 4, 4), image_size, ret_offset, ret_size);
}

int pe_codeview_at(const void *entry, u64 image_size, u32 *ret_offset, u32 *ret_size)
{
	const struct pe e = {.p = entry, .size = 28};

	if (get(&e, 12, 4) != CODEVIEW)
		return -ENOENT;
	return inside(get(&e, 20, 4), get(&e, 16, 4), image_size, ret_offset, ret_size);
}

int pe_codeview_name(const void *bytes, size_t size, char *name, size_t name_size)
{
	static const struct {
		char signature[4];
		u8 at;
	} forms[] = {{"NB10", 16}, {"RSDS", 24}, {"MTOC", 20}};
	const u8 *p = bytes;
	size_t start = 0, end, dot, n = 0;

	for (u32 i = 0; i < ARRAY_SIZE(forms); i++) {
		if (size > forms[i].at && !memcmp(p, forms[i].signature, 4))
			start = forms[i].at;
	}
	if (!start)
		return -ENOENT;
	for (end = start; end < size && p[end]; end++) {
		if (p[end] == '/' || p[end] == '\\')
			start = end + 1;
	}
	for (dot = end; dot > start && p[dot - 1] != '.'; dot--)
		;
	end = dot > start + 1 ? dot - 1 : end;
	for (; start < end && n + 1 < name_size; start++)
		name[n++] = p[start] > 32 && p[start] < 127 ? (char)p[start] : '?';
	name[n] = '\0';
	return n ? 0 : -ENOENT;
}

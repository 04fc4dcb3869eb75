/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * crt0 calls _relocate() before all else. It takes the place of gnu-efi's, because the linker packs
 * our relocations (-z pack-relative-relocs): a bit for each, where gnu-efi's kind takes 24 bytes.
 * Until it is done, no pointer in .data may be used.
 */
#include <efi.h>
#include <elf.h>

/* The form is that of ELF's SHT_RELR (gABI, "Relocation"): an even word is the address of a word to
 * relocate; the bits of an odd one stand for the 63 words after the last, bit 1 for the first. */
static void relocate(uint64_t base, const Elf64_Relr *relr, uint64_t bytes)
{
	uint64_t *where = NULL;

	for (; bytes; bytes -= sizeof(*relr), relr++) {
		if (!(*relr & 1)) {
			where = (uint64_t *)(base + *relr);
			*where++ += base;
			continue;
		}
		for (unsigned i = 1; i < 64; i++) {
			if (*relr >> i & 1)
				where[i - 1] += base;
		}
		where += 63;
	}
}

/* base: where the image is; dyn: its .dynamic. EFI_LOAD_ERROR: relocations that are not packed. */
EFI_STATUS _relocate(long base, const Elf64_Dyn *dyn);
EFI_STATUS _relocate(long base, const Elf64_Dyn *dyn)
{
	const Elf64_Relr *relr = NULL;
	uint64_t bytes = 0;

	for (; dyn->d_tag != DT_NULL; dyn++) {
		if (dyn->d_tag == DT_RELR)
			relr = (const Elf64_Relr *)(base + dyn->d_un.d_ptr);
		else if (dyn->d_tag == DT_RELRSZ)
			bytes = dyn->d_un.d_val;
		else if (dyn->d_tag == DT_RELASZ && dyn->d_un.d_val)
			return EFI_LOAD_ERROR;
	}
	relocate((uint64_t)base, relr, bytes);
	return EFI_SUCCESS;
}

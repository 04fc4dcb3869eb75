/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reads all about the machine; each part works if the others are missing. */
#include <efi.h>

#include "arch/x86.h"
#include "fw_efi.h"
#include "lib.h"

/* ---- Secure Boot ------------------------------------------------------------------------- */

struct variable_call {
	CHAR16 *name;
	UINT8 value;
	EFI_STATUS status;
};

static void get_variable(void *arg)
{
	struct variable_call *c = arg;
	EFI_GUID guid = EFI_GLOBAL_VARIABLE;
	UINTN size = sizeof(c->value);

	c->status = fw_efi.st->RuntimeServices->GetVariable(c->name, &guid, NULL, &size, &c->value);
}

static bool variable_is_set(CHAR16 *name)
{
	struct variable_call c = {.name = name};

	arch_call_firmware(get_variable, &c);
	return !EFI_ERROR(c.status) && c.value == 1;
}

/* ---- display ----------------------------------------------------------------------------- */

struct gop_call {
	EFI_STATUS status;
	void *gop;
};

static void locate_gop(void *arg)
{
	struct gop_call *c = arg;
	EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;

	c->status = fw_efi.st->BootServices->LocateProtocol(&guid, NULL, &c->gop);
}

static void find_framebuffer(struct machine *m)
{
	struct gop_call c = {0};
	const EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE *mode;

	arch_call_firmware(locate_gop, &c);
	if (EFI_ERROR(c.status) || !c.gop)
		return;
	m->have_gop = fw_efi.display = true;
	mode = ((EFI_GRAPHICS_OUTPUT_PROTOCOL *)c.gop)->Mode;
	if (!mode || !mode->Info)
		return;
	m->fb.base = mode->FrameBufferBase;
	m->fb.size = mode->FrameBufferSize;
	m->fb.width = mode->Info->HorizontalResolution;
	m->fb.height = mode->Info->VerticalResolution;
	m->fb.pixels_per_line = mode->Info->PixelsPerScanLine;
}

/* ---- our own image ----------------------------------------------------------------------- */

static phys_addr_t address(const char *symbol)
{
	return (phys_addr_t)(uintptr_t)symbol;
}

static void add_section(struct machine *m, const char *name, const char *start, const char *end,
			bool write, bool exec)
{
	struct image_section *s = &m->sections[m->nr_sections];
	phys_addr_t from = round_up(address(start), PAGE_SIZE);
	phys_addr_t to = round_up(address(end), PAGE_SIZE);

	if (to <= from)
		return;
	ASSERT(m->nr_sections < ARRAY_SIZE(m->sections), "%u sections", m->nr_sections);
	fmt_print(s->name, sizeof(s->name), "%s", name);
	s->start = from;
	s->end = to;
	s->write = write;
	s->exec = exec;
	m->nr_sections++;
}

/* All of the image: what is between the named sections counts as read-only data. */
static void find_image(struct machine *m)
{
	m->image_start = address(image_start);
	m->image_end = round_up(address(image_end), PAGE_SIZE);
	add_section(m, ".header", image_start, image_text, false, false);
	add_section(m, ".text", image_text, image_text_end, false, true);
	add_section(m, ".ro1", image_text_end, image_rodata, false, false);
	add_section(m, ".rodata", image_rodata, image_rodata_end, false, false);
	add_section(m, ".ro2", image_rodata_end, image_data, false, false);
	add_section(m, ".data", image_data, image_end, true, false);
}

/* ---- all together ------------------------------------------------------------------------ */

int fw_machine(struct machine *m)
{
	const EFI_SYSTEM_TABLE *st = fw_efi.st;

	memset(m, 0, sizeof(*m));
	m->map = fw_efi.snapshot;
	arch_cpu_info(&m->cpu);
	numa_init(&m->numa);
	fw_efi_find_acpi(m);
	fw_efi_find_smbios(m);
	m->secure_boot = variable_is_set(L"SecureBoot");
	m->setup_mode = variable_is_set(L"SetupMode");
	find_framebuffer(m);
	fw_efi_ascii(m->firmware_vendor, sizeof(m->firmware_vendor), st->FirmwareVendor);
	m->firmware_revision = st->FirmwareRevision;
	m->uefi_revision = st->Hdr.Revision;
	find_image(m);
	if (fw_efi.snapshot_err)
		return fw_efi.snapshot_err;
	return m->map.nr ? 0 : -ENODEV;
}

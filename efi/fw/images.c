/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The images that the firmware has loaded: addresses, names, sections. The firmware only gives
 * handles and names; all that its pointers point to is checked before it is read.
 */
#include <efi.h>

#include "fw_efi.h"
#include "lib.h"

#define HEADER_BYTES 4096

struct handles_call {
	EFI_STATUS status;
	UINTN size;
	EFI_HANDLE handles[FACTS_MAX_IMAGES];
	void *loaded[FACTS_MAX_IMAGES];
};
static struct handles_call found;

/* Opens and closes a protocol, so that nothing of ours stays in the handle database. */
static void *protocol_of(EFI_HANDLE handle, const EFI_GUID *guid)
{
	EFI_BOOT_SERVICES *bs = fw_efi.st->BootServices;
	EFI_GUID copy = *guid;
	void *p = NULL;

	if (EFI_ERROR(bs->OpenProtocol(handle, &copy, &p, fw_efi.image, NULL,
				       EFI_OPEN_PROTOCOL_GET_PROTOCOL)))
		return NULL;
	bs->CloseProtocol(handle, &copy, fw_efi.image, NULL);
	return p;
}

static void find_handles(void *arg)
{
	struct handles_call *c = arg;
	EFI_GUID guid = LOADED_IMAGE_PROTOCOL;

	c->size = sizeof(c->handles);
	c->status = fw_efi.st->BootServices->LocateHandle(ByProtocol, &guid, NULL, &c->size,
							  c->handles);
	if (EFI_ERROR(c->status))
		return;
	for (UINTN i = 0; i < c->size / sizeof(EFI_HANDLE); i++)
		c->loaded[i] = protocol_of(c->handles[i], &guid);
}

/* ---- names ------------------------------------------------------------------------------- */

/* The part of EFI_FIRMWARE_VOLUME2_PROTOCOL that is used (PI 1.8 vol. 3, 3.4.1). */
struct volume {
	void *get_attributes, *set_attributes, *read_file;
	EFI_STATUS(EFIAPI *read_section)
	(const struct volume *this, const EFI_GUID *name, UINT8 type, UINTN instance, void **buffer,
	 UINTN *size, UINT32 *authentication);
};

#define SECTION_USER_INTERFACE 0x15

struct name_call {
	EFI_HANDLE device;
	EFI_GUID file;
	EFI_STATUS status;
	CHAR16 text[64];
};

static void read_ui_name(void *arg)
{
	static const EFI_GUID guid = {
		0x220e73b6, 0x6bdb, 0x4413, {0x84, 0x05, 0xb9, 0x74, 0xb1, 0x08, 0x61, 0x9a}};
	struct name_call *c = arg;
	const struct volume *fv = protocol_of(c->device, &guid);
	void *buffer = c->text;
	UINTN size = sizeof(c->text) - sizeof(CHAR16);
	UINT32 authentication;

	c->status = EFI_NOT_FOUND;
	if (fv)
		c->status = fv->read_section(fv, &c->file, SECTION_USER_INTERFACE, 0, &buffer,
					     &size, &authentication);
}

/*
 * To read a section opens a stream, a copy of the file that EDK2 keeps. It has such a copy already
 * of every driver that it has started, but not of the DXE core; that has the same GUID everywhere.
 */
static bool name_from_volume(struct fact_image *image, EFI_HANDLE device, const u8 *guid)
{
	static const EFI_GUID dxe_core = {
		0xd6a2cb7f, 0x6a18, 0x4e2f, {0xb4, 0x3b, 0x99, 0x20, 0xa7, 0x33, 0x70, 0x0a}};
	static struct name_call c;

	if (!memcmp(guid, &dxe_core, sizeof(dxe_core))) {
		fmt_print(image->name, sizeof(image->name), "DxeCore");
		return true;
	}
	c = (struct name_call){.device = device};
	memcpy(&c.file, guid, sizeof(c.file));
	arch_call_firmware(read_ui_name, &c);
	if (EFI_ERROR(c.status) || !c.text[0])
		return false;
	fw_efi_ascii(image->name, sizeof(image->name), c.text);
	return true;
}

/* The part of "\EFI\BOOT\BOOTX64.EFI" after the last backslash. */
static bool name_from_path(struct fact_image *image, const CHAR16 *path)
{
	const CHAR16 *last = path;

	for (; *path; path++) {
		if (*path == '\\' || *path == '/')
			last = path + 1;
	}
	fw_efi_ascii(image->name, sizeof(image->name), last);
	return image->name[0];
}

#define NODE_MEDIA     4
#define NODE_FILE_PATH 4
#define NODE_FV_FILE   6
#define MAX_NODES      32
#define MAX_PATH_NODE  512

/* UEFI 2.11, 10.3: the last file node of the image's device path. */
static bool name_from_device_path(struct fact_image *image, const EFI_LOADED_IMAGE *loaded)
{
	static CHAR16 path[MAX_PATH_NODE / sizeof(CHAR16) + 1];
	const u8 *at = (const u8 *)loaded->FilePath;
	bool named = false;

	for (u32 i = 0; at && i < MAX_NODES; i++) {
		u8 head[4], guid[16];
		u32 len;

		if (arch_copy_safe(head, at, 4))
			break;
		len = head[2] | (u32)head[3] << 8;
		if (head[0] == 0x7f || len < 4)
			break;
		if (head[0] == NODE_MEDIA && head[1] == NODE_FILE_PATH && len <= MAX_PATH_NODE) {
			memset(path, 0, sizeof(path));
			if (!arch_copy_safe(path, at + 4, len - 4))
				named = name_from_path(image, path) || named;
		} else if (head[0] == NODE_MEDIA && head[1] == NODE_FV_FILE && len >= 20) {
			if (!arch_copy_safe(guid, at + 4, 16))
				named = name_from_volume(image, loaded->DeviceHandle, guid) ||
					named;
		}
		at += len;
	}
	return named;
}

/* The name in the debug directory, which the linker of EDK2's debug builds writes there. */
static bool name_from_debug(struct fact_image *image, const u8 *header, size_t size)
{
	u64 image_size = image->end - image->start;
	u32 offset, len, data, data_len;
	u8 entry[28], record[512];

	if (pe_codeview_dir(header, size, image_size, &offset, &len))
		return false;
	for (u32 i = 0; (i + 1) * sizeof(entry) <= len && i < 8; i++) {
		const void *p =
			(const void *)(uintptr_t)(image->start + offset + i * sizeof(entry));

		if (arch_copy_safe(entry, p, sizeof(entry)) ||
		    pe_codeview_at(entry, image_size, &data, &data_len))
			continue;
		data_len = min(data_len, (u32)sizeof(record));
		if (arch_copy_safe(record, (const void *)(uintptr_t)(image->start + data),
				   data_len))
			continue;
		return !pe_codeview_name(record, data_len, image->name, sizeof(image->name));
	}
	return false;
}

/* ---- one image --------------------------------------------------------------------------- */

static void take_image(struct fw_facts *f, EFI_HANDLE handle, const void *loaded)
{
	static u8 header[HEADER_BYTES];
	struct fact_image *image = &f->images[f->nr_images];
	EFI_LOADED_IMAGE copy;
	size_t size;

	if (!loaded || arch_copy_safe(&copy, loaded, sizeof(copy)) || !copy.ImageBase ||
	    !copy.ImageSize || copy.ImageSize >> 32)
		return;
	*image = (struct fact_image){.start = (u64)(uintptr_t)copy.ImageBase,
				     .code_type = (u32)copy.ImageCodeType,
				     .handle = (u64)(uintptr_t)handle};
	image->end = image->start + copy.ImageSize;
	size = (size_t)min(copy.ImageSize, (UINT64)sizeof(header));
	if (arch_copy_safe(header, copy.ImageBase, size))
		size = 0;
	facts_add_sections(f, image, header, size);
	if (!name_from_debug(image, header, size) && !name_from_device_path(image, &copy))
		fmt_print(image->name, sizeof(image->name), "image %u", f->nr_images);
	f->nr_images++;
}

void fw_efi_find_images(struct fw_facts *f)
{
	arch_call_firmware(find_handles, &found);
	if (found.status == EFI_BUFFER_TOO_SMALL) {
		fmt_print(f->images_note, sizeof(f->images_note),
			  "more images are loaded than the %u that there is room for",
			  FACTS_MAX_IMAGES);
		return;
	}
	if (EFI_ERROR(found.status)) {
		fmt_print(f->images_note, sizeof(f->images_note),
			  "the firmware does not list its images");
		return;
	}
	for (UINTN i = 0; i < found.size / sizeof(EFI_HANDLE); i++)
		take_image(f, found.handles[i], found.loaded[i]);
}

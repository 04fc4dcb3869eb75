/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Allocates pages of the firmware and frees them. */
#include <efi.h>

#include "fw_efi.h"

struct pages_call {
	EFI_STATUS status;
	EFI_ALLOCATE_TYPE how;
	EFI_MEMORY_TYPE type;
	UINTN pages;
	EFI_PHYSICAL_ADDRESS addr;
};

static void allocate_pages(void *arg)
{
	struct pages_call *c = arg;

	c->status = fw_efi.st->BootServices->AllocatePages(c->how, c->type, c->pages, &c->addr);
}

static void free_pages(void *arg)
{
	struct pages_call *c = arg;

	c->status = fw_efi.st->BootServices->FreePages(c->addr, c->pages);
}

static int call(void (*fn)(void *arg), struct pages_call *c)
{
	fw_efi.last = EFI_SUCCESS;
	arch_call_firmware(fn, c);
	return fw_efi_status(c->status);
}

/* The firmware returns "not found" if there is no such free memory. */
static int allocate(struct pages_call *c)
{
	int err = call(allocate_pages, c);

	return err == -ENOENT ? -ENOMEM : err;
}

int fw_claim(phys_addr_t start, u64 pages)
{
	struct pages_call c = {.how = AllocateAddress, .type = EfiLoaderData};

	ASSERT(is_aligned(start, PAGE_SIZE) && pages, "%#llx, %llu pages", start, pages);
	c.addr = start;
	c.pages = pages;
	return allocate(&c);
}

int fw_alloc(u64 pages, phys_addr_t limit, bool exec, phys_addr_t *ret)
{
	struct pages_call c = {.type = exec ? EfiLoaderCode : EfiLoaderData};
	int err;

	ASSERT(pages, "%llu pages", pages);
	c.how = limit ? AllocateMaxAddress : AllocateAnyPages;
	c.addr = limit ? limit - 1 : 0;
	c.pages = pages;
	err = allocate(&c);
	if (!err)
		*ret = c.addr;
	return err;
}

int fw_release(phys_addr_t start, u64 pages)
{
	struct pages_call c = {.addr = start, .pages = pages};

	return call(free_pages, &c);
}

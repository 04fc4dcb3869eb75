/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One short name for any physical address. */
#include "view/explain_fixture.h"

#include "app/owner.h"
#include "mm/page/page_alloc.h"

static const char *owner(phys_addr_t pa)
{
	static char name[32];

	return owner_name(&app, pa, name, sizeof(name));
}

static void the_most_precise_name_wins(void **state)
{
	(void)state;
	assert_string_equal(owner(0x3f110000), "tablewalk .text");
	assert_string_equal(owner(CORE + 0x1000), "DxeCore .text");
	assert_string_equal(owner(CORE + 0x10000), "DxeCore .data");
	assert_string_equal(owner(CORE), "DxeCore"); /* its headers */
	assert_string_equal(owner(CORE - 1), "BS_Code");
	assert_string_equal(owner(CORE + 0x20000), "BS_Code");
	assert_string_equal(owner(RUNTIME + 0x3fff), "RuntimeDxe");
	assert_string_equal(owner(0x3f300000), "BS_Data");
	assert_string_equal(owner(0x3f600000), "type 0x80000003");
	assert_string_equal(owner(FB), "framebuffer");
	assert_string_equal(owner(FB + 8 * MiB), "MMIO"); /* GCD's */
	assert_string_equal(owner(0xfee00000), "local APIC");
	assert_string_equal(owner(0xfee01000), "nothing");
	assert_string_equal(owner(0xfed00000), "MMIO");
	assert_string_equal(owner(TABLES + 0x120), "ACPI FACP");
	assert_string_equal(owner(TABLES + 0x11f), "ACPI_Recl");
	assert_string_equal(owner(0x90000000), "nothing"); /* GCD says NonExistent */
}

static void any_address_may_be_asked_about(void **state)
{
	(void)state;
	assert_string_equal(owner(0xb0000), "SystemMemory"); /* GCD's */
	assert_string_equal(owner((1ULL << 52) - 1), "nothing");
	assert_string_equal(owner(~0ULL), "nothing");
	assert_string_equal(owner(0), "Available"); /* Linux keeps page 0 out; so do we */
}

static phys_addr_t pa_of(const void *p)
{
	return virt_to_phys(&app.sys, p);
}

static void what_we_have_a_page_for(void **state)
{
	struct mem_system *sys = &app.sys;
	void *object = kmalloc(sys, 100, GFP_KERNEL), *large = kmalloc(sys, 60000, GFP_KERNEL);
	struct page *page = alloc_pages(sys, GFP_KERNEL, 0);
	u8 *area = vmalloc(sys, PAGE_SIZE);
	const struct vm_struct *vm = vmalloc_find(sys, (u64)(uintptr_t)area - sys->vmalloc_offset);

	(void)state;
	assert_string_equal(owner(pa_of(object)), "slab kmalloc-128");
	assert_string_equal(owner(pa_of(large) + 50000), "kmalloc 64 KiB");
	assert_string_equal(owner(pfn_to_phys(page_to_pfn(sys, page))), "ours, in use");
	assert_string_equal(owner(pfn_to_phys(vm_area_pfn(sys, vm, 0))), "vmalloc");
	assert_string_equal(owner(sys->pt.root), "our page table");
	kfree(sys, object);
	kfree(sys, large);
	vfree(sys, area);
	__free_pages(sys, page, 0);
	assert_string_equal(owner(pfn_to_phys(page_to_pfn(sys, page))), "in a CPU's list");
	pcp_drain_all(sys, 0);
	assert_memory_equal(owner(pfn_to_phys(page_to_pfn(sys, page))), "free, order ", 12);
}

/* The firmware's tables of this machine are made of our pages; so they are not asked of the index
 * but of the allocator, which says page table, too. */
static void tables_are_tables(void **state)
{
	struct pt_path path;

	(void)state;
	assert_int_equal(pt_lookup(&app.fw_pt, 0x100000, &path), PT_MAPPED);
	assert_string_equal(owner(path.entry[1].table), "our page table");
}

/* Overlapping images, against a search through all of them: the one that starts last has it. */
static const struct fact_image *innermost(phys_addr_t pa)
{
	const struct fact_image *best = NULL;

	for (u32 i = 0; i < facts.nr_images; i++) {
		const struct fact_image *image = &facts.images[i];

		if (pa >= image->start && pa < image->end && (!best || image->start > best->start))
			best = image;
	}
	return best;
}

static void images_that_overlap(void **state)
{
	struct prng p;

	(void)state;
	prng_seed(&p, 11);
	for (u32 i = 0; i < 20000; i++) {
		phys_addr_t pa = 0x100000000 + prng_below(&p, GiB);
		const struct fact_image *image = innermost(pa);

		assert_string_equal(owner(pa), image ? image->name : "nothing");
	}
}

static void small_buffers_are_cut(void **state)
{
	char name[4];

	(void)state;
	assert_string_equal(owner_name(&app, FB, name, sizeof(name)), "fra");
}

/* Drivers in a row with holes between, inside one that is wider than all of them. */
static int with_overlaps(void **state)
{
	for (u32 i = 0; i < 20; i++) {
		char name[16];

		fmt_print(name, sizeof(name), "driver%02u", i);
		add_image(name, 0x100001000 + i * 16 * MiB, 9 * MiB, MEM_BOOT_CODE);
	}
	add_image("wide", 0x100000000, 512 * MiB, MEM_BOOT_CODE);
	return machine_start(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_precise_name_wins),
		cmocka_unit_test(any_address_may_be_asked_about),
		cmocka_unit_test(what_we_have_a_page_for),
		cmocka_unit_test(tables_are_tables),
		cmocka_unit_test(images_that_overlap),
		cmocka_unit_test(small_buffers_are_cut),
	};

	return cmocka_run_group_tests(tests, with_overlaps, machine_stop);
}

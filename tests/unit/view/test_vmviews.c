/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `vmallocinfo` byte for byte as Linux writes it, and what is said of areas that were refused. */
#include "cmd_fixture.h"
#include "explain_fixture.h"
#include "mm_fixture.h"

static const char *output_of(const char *line, enum emit_format format)
{
	text_clear();
	assert_int_equal(run_line(&app, line, format), 0);
	return text;
}

/* The return address is another one in each build. */
static void *called_from(void *p, u64 caller)
{
	u64 va = (u64)(uintptr_t)p - app.sys.vmalloc_offset;

	assert_non_null(p);
	((struct vm_struct *)vmalloc_find(&app.sys, va))->caller = (void *)(uintptr_t)caller;
	return p;
}

static void lines_are_linuxs(void **state)
{
	struct mem_system *sys = &app.sys;
	struct page *page = alloc_page(sys, GFP_KERNEL);
	void *a, *b, *map;

	(void)state;
	assert_string_equal(output_of("vmallocinfo", EMIT_TEXT), "");
	a = called_from(vmalloc(sys, 3 * PAGE_SIZE), 0xffffffff81234567);
	called_from(vmalloc_user(sys, 16 * PAGE_SIZE), 0xffffffff80000001);
	map = called_from(vmap(sys, &page, 1, PT_WRITE | PT_NOEXEC), 0x1000);
	called_from(ioremap(sys, 0xfed00000, 8, MEMTYPE_UC), 0xffffffff81000000);
	vm_map_ram(sys, &page, 1);
	b = vmalloc(sys, 4 * MiB);
	vfree(sys, b);
	assert_string_equal(
		output_of("vmallocinfo", EMIT_TEXT),
		"0xffffc90000000000-0xffffc90000004000   16384 0xffffffff81234567 pages=3 vmalloc "
		"N0=3\n"
		"0xffffc90000004000-0xffffc90000015000   69632 0xffffffff80000001 pages=16 "
		"vmalloc user N0=16\n"
		"0xffffc90000015000-0xffffc90000017000    8192 0x1000 vmap\n"
		"0xffffc90000017000-0xffffc90000019000    8192 0xffffffff81000000 "
		"phys=0x00000000fed00000 ioremap\n"
		"0xffffc90000019000-0xffffc9000001b000    8192 vm_map_ram\n"
		"0xffffc9000001b000-0xffffc9000041c000 4198400 unpurged vm_area\n");
	assert_non_null(strstr(output_of("vmallocinfo", EMIT_JSON), "\"unpurged\""));
	vunmap(sys, map);
	vfree(sys, a);
	assert_sound(sys);
}

static void what_was_refused(void **state)
{
	(void)state;
	vfree(&app.sys, (void *)0x5000);
	assert_null(vmalloc(&app.sys, 0));
	app.sys.vmalloc.errors.caller = (void *)0x1234;
	text_clear();
	run_fn(&(struct cmd_call){.app = &app}, cmd_show_refused_areas, EMIT_TEXT);
	assert_string_equal(text,
			    "2 calls for areas refused, 0 found no memory or no room\n"
			    "       1 size 0, or more than there is\n"
			    "       1 free of no area\n"
			    "  the last: size 0, or more than there is, by 0x1234: address 0, "
			    "0 bytes\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_are_linuxs, machine_start, machine_stop),
		cmocka_unit_test_setup_teardown(what_was_refused, machine_start, machine_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

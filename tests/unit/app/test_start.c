/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The first screen: what it says of a machine, and that it fits on 80 columns and 24 rows. */
#include "cmd_fixture.h"
#include "golden.h"
#include "sim.h"
#include "view/explain_fixture.h"

#define COLUMNS 80
#define ROWS	24

static const char *screen(enum emit_format format)
{
	struct emit out;

	text_clear();
	emit_init(&out, format, text_collect, NULL);
	app_start_screen(&app, &out);
	assert_int_equal(out.depth, 0);
	return text;
}

/* The last column stays free: the console would begin a line of its own after it. */
static void assert_fits(void)
{
	u32 rows = 1, column = 0;

	for (const char *c = screen(EMIT_TEXT); *c; c++) {
		if (*c != '\n' && ++column >= COLUMNS)
			fail_msg("row %u is too long:\n%s", rows, text);
		if (*c == '\n') {
			column = 0;
			rows++;
		}
	}
	if (rows > ROWS) /* the prompt is on the last */
		fail_msg("%u rows:\n%s", rows, text);
}

static void set_text(char *to, size_t size, const char *what)
{
	fmt_print(to, size, "%s", what);
}

#define SET(field, what) set_text(m->field, sizeof(m->field), what)

static int set_up(void **state)
{
	struct machine *m = &app.machine;

	memset(&facts, 0, sizeof(facts));
	machine_start(state);
	pt_stats(&app.fw_pt, &app.fw_stats);
	SET(vendor, "Invented Computers");
	SET(product, "Abacus 9");
	SET(firmware_vendor, "EDK II");
	SET(bios_version, "1.2.3");
	SET(bios_date, "02/29/2024");
	m->uefi_revision = 2 << 16 | 70;
	m->cpu.la57 = m->cpu.smep = m->cpu.pku = true;
	m->have_acpi = m->have_gop = m->secure_boot = true;
	return 0;
}

static int tear_down(void **state)
{
	machine_stop(state);
	memset(&app, 0, sizeof(app));
	return 0;
}

static void what_it_says(void **state)
{
	(void)state;
	app.exercised = true;
	app.last_exercise.kind[0].allocs = 1234;
	app.last_exercise.peak_pages = 7 << 8;
	assert_fits();
	same_as_golden("start.txt", screen(EMIT_TEXT));
	same_as_golden("start.json", screen(EMIT_JSON));
}

static void a_poor_machine(void **state)
{
	struct machine *m = &app.machine;

	(void)state;
	SET(vendor, "");
	SET(product, "");
	SET(cpu.brand, "");
	SET(cpu.vendor, "SomeVendor12");
	m->cpu.page1g = m->cpu.nx = m->cpu.la57 = false;
	m->have_acpi = m->have_gop = m->secure_boot = false;
	assert_non_null(strstr(screen(EMIT_TEXT), "machine   unknown \n"));
	assert_non_null(strstr(text, "CPU       SomeVendor12, 40-bit physical\n"
				     "          5 levels no, 1 GiB pages no, NX no, "));
	assert_non_null(strstr(text, "Secure Boot off, ACPI none found, display none\n"));
	m->setup_mode = true;
	assert_non_null(strstr(screen(EMIT_TEXT), "Secure Boot off (setup mode), "));
}

static void it_says_when_nothing_could_start(void **state)
{
	(void)state;
	app.started = false;
	assert_non_null(strstr(screen(EMIT_TEXT), "The memory management did not start; "));
	assert_null(strstr(text, "page tables\n"));
	assert_null(strstr(text, "node 0"));
	assert_non_null(strstr(screen(EMIT_JSON), "\"started\": false}\n"));
}

static void described_machines_have_no_firmware_tables(void **state)
{
	(void)state;
	assert_non_null(strstr(screen(EMIT_TEXT), "\n  firmware 4 levels"));
	app.machine.described = true;
	assert_null(strstr(screen(EMIT_TEXT), "\n  firmware "));
	assert_non_null(strstr(text, "\n  ours     4 levels"));
}

/* Firmware fills its tables with what it likes. */
static void the_longest_texts_fit(void **state)
{
	static const char *const longest =
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	struct machine *m = &app.machine;

	(void)state;
	SET(vendor, longest);
	SET(product, longest);
	SET(firmware_vendor, longest);
	SET(bios_version, longest);
	SET(bios_date, longest);
	SET(cpu.brand, longest);
	m->uefi_revision = 2 << 16 | 110;
	assert_fits();
}

/* What OVMF maps for 4 TiB where the CPU has no 1 GiB pages. */
static void the_largest_tables_fit(void **state)
{
	struct pt_stats own = app.fw_stats;

	(void)state;
	app.fw_stats = (struct pt_stats){.tables = {1, 4096, 8, 1},
					 .leaves = {512, 2097151, 0},
					 .writable_executable = 2097663};
	assert_fits();
	assert_non_null(strstr(text, "4106 tables: 512 x 4K, 2097151 x 2M, 0 x 1G; W+X 2097663"));
	app.fw_stats = own;
}

static void many_zones_are_summed_up(void **state)
{
	struct mem_system *large = sim_new("16G nodes=8"), own = app.sys;

	(void)state;
	app.sys = *large; /* to look at only */
	app.exercised = true;
	assert_fits();
	assert_non_null(strstr(text, "          node 3 Normal"));
	assert_null(strstr(text, "          node 5 "));
	assert_non_null(strstr(text, "          and 3 zones more: `zones` shows them\n"));
	app.sys = own;
	sim_free(large);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_it_says),
		TEST(a_poor_machine),
		TEST(it_says_when_nothing_could_start),
		TEST(described_machines_have_no_firmware_tables),
		TEST(the_longest_texts_fit),
		TEST(the_largest_tables_fit),
		TEST(many_zones_are_summed_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* An exception as it is told: in words with the walk, and in JSON. */
#include "cmd_fixture.h"
#include "golden.h"
#include "pgtable/pt_fixture.h"
#include "ui/views.h"

#define VA 0x7f0000001234ULL

enum { DIVIDE = 0, INVALID_OPCODE = 6, PROTECTION = 13, PAGE_FAULT = 14, UNKNOWN = 30 };

/* A page that may be read, and a fault of one that writes to it. */
static int set_up(void **state)
{
	(void)state;
	text_clear();
	make(4, 2);
	return pt_map(&pt, VA & ~0xfffULL, 0x5000, PAGE_SIZE, PT_NOEXEC, 0);
}

static struct trap_frame fault_at(u64 cr2, u64 error)
{
	return (struct trap_frame){
		.r15 = 0x15,
		.r14 = 0x14,
		.r13 = 0x13,
		.r12 = 0x12,
		.r11 = 0x11,
		.r10 = 0x10,
		.r9 = 0x9,
		.r8 = 0x8,
		.rdi = 0xd1,
		.rsi = 0x51,
		.rbp = 0xb0,
		.rbx = 0xb1,
		.rdx = 0xd2,
		.rcx = 0xc1,
		.rax = 0xa1,
		.vector = PAGE_FAULT,
		.error = error,
		.rip = 0xfee1dead,
		.cs = 0x38,
		.rflags = 0x10246,
		.rsp = 0x7ffff000,
		.ss = 0x30,
		.cr2 = cr2,
	};
}

static const char *text_of(const struct trap_frame *f, enum emit_format format)
{
	struct emit out;

	text_clear();
	emit_init(&out, format, text_collect, NULL);
	view_trap(&out, &pt, f);
	assert_int_equal(out.depth, 0);
	return text;
}

static void assert_told(const struct trap_frame *f, const char *part)
{
	if (!strstr(text_of(f, EMIT_TEXT), part))
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static void a_page_fault_in_words_and_in_json(void **state)
{
	struct trap_frame f = fault_at(VA, 3);

	(void)state;
	same_as_golden("trap-page-fault.txt", text_of(&f, EMIT_TEXT));
	same_as_golden("trap-page-fault.json", text_of(&f, EMIT_JSON));
}

static void each_bit_of_the_error_code_has_its_words(void **state)
{
	static const struct {
		u64 error;
		const char *words;
	} rows[] = {
		{0x00, "error code 0: read of a non-present page in supervisor mode\n"},
		{0x01, "error code 0x1: read of a present page in supervisor mode\n"},
		{0x02, "error code 0x2: write of a non-present page in supervisor mode\n"},
		{0x04, "error code 0x4: read of a non-present page in user mode\n"},
		{0x09, "read of a present page in supervisor mode, a reserved bit is set\n"},
		{0x10, "instruction fetch of a non-present page in supervisor mode\n"},
		{0x25, "read of a present page in user mode, protection key\n"},
		{0x47, "write of a present page in user mode, shadow stack\n"},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct trap_frame f = fault_at(VA, rows[i].error);

		assert_told(&f, rows[i].words);
	}
}

static void the_walk_says_how_it_ended(void **state)
{
	struct trap_frame mapped = fault_at(VA, 3), absent = fault_at(VA + PAGE_SIZE, 0);
	struct trap_frame nowhere = fault_at(1ULL << 47, 0);

	(void)state;
	assert_told(&mapped, "walk of 00007f0000001234: mapped\n");
	assert_told(&absent, "walk of 00007f0000002234: not present\n");
	assert_told(&nowhere, "walk of 0000800000000000: not canonical\n");
	*table_at(pt.root) = 0x1000 | PTE_P; /* no table is there */
	pt.table = arena_table;
	absent.cr2 = 0;
	assert_told(&absent, "walk of 0000000000000000: a table cannot be read\n");
}

static void other_exceptions_walk_nothing(void **state)
{
	struct trap_frame f = fault_at(VA, 0x10);

	(void)state;
	f.vector = PROTECTION;
	assert_told(&f, "exception 13: #GP general protection at RIP 00000000fee1dead\n"
			"  error code 0x10\n"
			"  rax ");
	assert_null(strstr(text, "walk"));
	assert_null(strstr(text_of(&f, EMIT_JSON), "walk"));
	assert_non_null(strstr(text, "\"error_code\": \"0x10\""));
}

static void most_have_no_error_code(void **state)
{
	struct trap_frame f = fault_at(VA, 0);

	(void)state;
	f.vector = INVALID_OPCODE;
	assert_told(&f, "exception 6: #UD invalid opcode at RIP 00000000fee1dead\n  rax ");
	f.vector = DIVIDE;
	assert_told(&f, "exception 0: #DE divide error at ");
	f.vector = UNKNOWN;
	assert_told(&f, "exception 30: unexpected at ");
	assert_null(strstr(text_of(&f, EMIT_JSON), "error_code"));
}

/* The command that failed may have begun anything. */
static void json_stays_whole_in_what_was_begun(void **state)
{
	struct trap_frame f = fault_at(VA, 0);
	struct emit out;

	(void)state;
	f.vector = DIVIDE;
	emit_init(&out, EMIT_JSON, text_collect, NULL);
	emit_object(&out, NULL);
	view_trap(&out, &pt, &f);
	assert_true(emit_close(&out));
	assert_memory_equal(text, "{\"exception\": {\"vector\": 0, ", 28);
	text_clear();
	emit_init(&out, EMIT_JSON, text_collect, NULL);
	emit_list(&out, NULL);
	view_trap(&out, &pt, &f);
	assert_true(emit_close(&out));
	assert_memory_equal(text, "[{\"vector\": 0, ", 15);
	assert_string_equal(text + text_len - 3, "}]\n");
}

#define TEST(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_page_fault_in_words_and_in_json),
		TEST(each_bit_of_the_error_code_has_its_words),
		TEST(the_walk_says_how_it_ended),
		TEST(other_exceptions_walk_nothing),
		TEST(most_have_no_error_code),
		TEST(json_stays_whole_in_what_was_begun),
	};

	return cmocka_run_group_tests(tests, arena_set_up, arena_tear_down);
}

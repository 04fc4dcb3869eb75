/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `report`: a section that faults ends alone; all others are there, in both files. */
#include "cmd_fixture.h"
#include "explain_fixture.h"

#include "../emit/json_reader.h"

/* ---- the stick --------------------------------------------------------------------------- */

static char files[2][1024 * 1024]; /* report.txt, report.json */

int fw_file_write(const char *path, const char *buf, size_t len)
{
	char *file = files[strstr(path, ".json") != NULL];

	assert_true(len < sizeof(files[0]));
	memcpy(file, buf, len);
	file[len] = '\0';
	return 0;
}

/* ---- the guard --------------------------------------------------------------------------- */

static const char *faulty; /* the command that faults in the middle of its output */

static int guard(const struct cmd *cmd, struct cmd_call *call)
{
	if (!faulty || strcmp(cmd->name, faulty))
		return cmd->fn(call);
	emit_list(call->out, NULL);
	emit_object(call->out, NULL);
	return -EFAULT;
}

static void make_report(const char *with_fault)
{
	static struct emit out;

	faulty = with_fault;
	text_clear();
	emit_init(&out, EMIT_TEXT, text_collect, NULL);
	assert_int_equal(cmd_run_text(&app.shell.runner, NULL, &app, "report", &out), 0);
}

static u32 sections(void)
{
	u32 nr = 0;

	for (const char *at = files[0]; (at = strstr(at, "==== ")); at++)
		nr++;
	return nr;
}

static void a_fault_ends_its_section_only(void **state)
{
	static const char *const faults[] = {"version", "zones", "pt dump", "slabinfo"};
	u32 all;

	(void)state;
	app.machine.described = true; /* the block of the report is not at its physical address */
	app.shell.runner = (struct cmd_runner){app_commands, app_nr_commands, guard, NULL};
	make_report(NULL);
	all = sections();
	assert_true(all > 20);
	assert_true(is_json(files[1]));
	for (u32 i = 0; i < ARRAY_SIZE(faults); i++) {
		make_report(faults[i]);
		assert_int_equal(sections(), all);
		assert_true(is_json(files[1]));
		assert_non_null(strstr(files[0], "==== meminfo\nMemTotal:"));
		assert_non_null(json_member(files[1], "meminfo"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_ends_its_section_only),
	};

	return cmocka_run_group_tests(tests, machine_start, machine_stop);
}

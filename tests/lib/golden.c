/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib.h"

void same_as_golden(const char *name, const char *text)
{
	static char golden[1 << 17];
	const char *how = getenv("GOLDEN");
	char path[120];
	size_t n;
	FILE *f;

	fmt_print(path, sizeof(path), "tests/golden/%s", name);
	if (how && !strcmp(how, "write")) {
		f = fopen(path, "w");
		assert_non_null(f);
		fwrite(text, 1, strlen(text), f);
		fclose(f);
	}
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s: cannot be read (tests run in the project's root)", path);
	n = fread(golden, 1, sizeof(golden) - 1, f);
	fclose(f);
	golden[n] = '\0';
	assert_string_equal(text, golden);
}

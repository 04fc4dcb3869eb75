/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * In unit tests a failed assertion is cmocka's, so that expect_assert_failure() can ask for it.
 * TEST=PATTERN in the environment runs only the tests whose names match, as `freed_*`.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kernel.h"

__attribute__((constructor)) static void choose_tests(void)
{
	cmocka_set_test_filter(getenv("TEST"));
}

void assert_failed(const char *file, int line, const char *expr, const char *fmt, ...)
{
	va_list ap;

	printf("# %s:%d: %s: ", file, line, expr);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	mock_assert(0, expr, file, line);
	abort();
}

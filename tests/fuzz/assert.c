/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* In fuzzers a failed assertion is a crash: no input may cause one. */
#include <stdio.h>
#include <stdlib.h>

#include "kernel.h"

void assert_failed(const char *file, int line, const char *expr, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: assertion failed: %s: ", file, line, expr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

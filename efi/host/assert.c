/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A broken check ends the command that runs; the program, where none does. */
#include <stdio.h>
#include <stdlib.h>

#include "arch.h"

void assert_failed(const char *file, int line, const char *expr, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "%s:%d: assertion failed: %s: ", file, line, expr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	arch_guarded_abort();
	abort();
}

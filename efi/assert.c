/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A broken check ends the command that runs, not the machine. */
#include "app/app.h"
#include "arch/smp.h"
#include "lib.h"

/* Where the firmware cannot be called, on another CPU, the text is for whoever started the work. */
void assert_failed(const char *file, int line, const char *expr, const char *fmt, ...)
{
	char text[200], all[320];
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(text, sizeof(text), fmt, ap);
	va_end(ap);
	fmt_print(all, sizeof(all), "%s:%d: assertion failed: %s: %s", file, line, expr, text);
	if (!smp_tell(all))
		app_message("%s", all);
	arch_guarded_abort();
	app_message("stopping here: there is no command to end");
	for (;;)
		fw_stall(1000000);
}

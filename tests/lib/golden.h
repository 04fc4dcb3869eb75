/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Expected text in files: tests/golden/NAME. GOLDEN=write writes what there is
 * now; read the diff. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "kernel.h"

/* Fails (cmocka's way) when the text is not the file's. Tests run in the project's root. */
void same_as_golden(const char *name, const char *text);

#endif

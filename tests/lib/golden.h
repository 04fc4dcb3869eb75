/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Expected text in files: tests/golden/NAME. GOLDEN=write writes the present text; read the
 * diff. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "kernel.h"

/* Fails the test if the text differs from the file. Tests run in the project's root. */
void same_as_golden(const char *name, const char *text);

#endif

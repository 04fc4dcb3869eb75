#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# cppcheck on the pure sources.
cd "$(dirname "$0")/../.." || exit 1
cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,portability \
	--suppress=nullPointerArithmetic --suppress=preprocessorErrorDirective \
	--suppress=comparePointers --suppress=internalAstError -Iinclude -j2 mm efi/ui efi/cmd efi/app.c efi/claim.c efi/run.c \
	efi/start.c 2>&1

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# cppcheck on the pure sources.
cd "$(dirname "$0")/../.." || exit 1
cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,portability \
	--suppress=nullPointerArithmetic --suppress=preprocessorErrorDirective \
	--suppress=comparePointers --suppress=internalAstError -Iinclude -Iefi -j2 mm \
	efi/app efi/cmd efi/emit efi/parse efi/shell efi/tui efi/view 2>&1

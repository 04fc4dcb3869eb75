#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# Each header in include/ compiles alone, as for the host and as for EFI.
cd "$(dirname "$0")/../.." || exit 1
bad=0
for header in $(find include -name '*.h'); do
	for flags in '' '-ffreestanding -fshort-wchar -mno-red-zone -mgeneral-regs-only'; do
		echo "#include \"${header#include/}\"" |
			${CC:-gcc} -std=gnu11 -Wall -Wextra -Werror -Iinclude $flags -fsyntax-only -x c - ||
			{ echo "$header ${flags:-host}"; bad=1; }
	done
done
exit $bad

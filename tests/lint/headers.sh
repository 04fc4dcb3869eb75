#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# Each header in include/ compiles alone.
cd "$(dirname "$0")/../.." || exit 1
bad=0
for header in $(find include -name '*.h'); do
	echo "#include \"${header#include/}\"" |
		gcc -std=gnu11 -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c - || { echo "$header"; bad=1; }
done
exit $bad

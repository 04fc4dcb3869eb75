#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# The sources are as clang-format would have them.
cd "$(dirname "$0")/../.." || exit 1
find mm efi arch include tests -name '*.[ch]' -print0 | xargs -0 clang-format-14 --dry-run -Werror 2>&1 | head -40
find mm efi arch include tests -name '*.[ch]' -print0 | xargs -0 clang-format-14 --dry-run -Werror >/dev/null 2>&1

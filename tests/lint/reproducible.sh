#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# A second build, in another folder, gives the same bytes. It has as many jobs as the first.
cd "$(dirname "$0")/../.." || exit 1
make -s $(echo "${MAKEFLAGS:-}" | grep -o -e "-j[0-9]*") O="$1/again" "$1/again/BOOTX64.EFI" >/dev/null || exit 1
cmp "$1/BOOTX64.EFI" "$1/again/BOOTX64.EFI"

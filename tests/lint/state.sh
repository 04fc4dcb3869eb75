#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# mm keeps no state of its own: its objects have no writable data.
cd "$(dirname "$0")/../.." || exit 1
objects=$(find "$1/host/mm" -name '*.o')
[ -n "$objects" ] || { echo "no objects in $1/host/mm"; exit 1; }
found=$(nm -A $objects | grep -E ' [bBdDC] ' | grep -v 'data.rel.ro' | while read -r line; do
	file=${line%%:*}; symbol=${line##* }
	# Tables of constants that hold pointers are read-only after relocation.
	objdump -t "$file" | grep -E " \.(data|bss)[^.]*[[:space:]].* $symbol\$"
done)
[ -z "$found" ] || { echo "$found"; exit 1; }

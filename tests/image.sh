#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause-Patent
# image.sh BUILD: makes BUILD/tablewalk.img, a USB image: GPT with one EFI System Partition (FAT32).
# Needs no root: mtools write into the file system's file. Same input, same bytes.
set -euo pipefail
build=$1
cd "$(dirname "${BASH_SOURCE[0]}")/.."

img=$build/tablewalk.img
new=$img.new fat=$img.fat
mib=$((1 << 20))
fat_mib=62              # FAT32 needs 33 MiB or more
export SOURCE_DATE_EPOCH=1704067200 TZ=UTC
trap 'rm -f "$new" "$fat"' EXIT
rm -f "$new" "$fat"

truncate -s ${fat_mib}M "$fat"
mkfs.fat -F 32 -n TABLEWALK -h $((mib / 512)) --invariant "$fat" >/dev/null
mmd -i "$fat" ::/EFI ::/EFI/BOOT ::/tablewalk ::/tablewalk/manual
mcopy -i "$fat" "$build/BOOTX64.EFI" ::/EFI/BOOT/BOOTX64.EFI
mcopy -i "$fat" "$build/tablewalk.efi" ::/tablewalk.efi
mcopy -i "$fat" esp/README.txt ::/README.txt
mcopy -i "$fat" esp/tablewalk/*.* ::/tablewalk/
mcopy -i "$fat" esp/tablewalk/manual/*.txt ::/tablewalk/manual/
rm -rf "$build/schema"
tests/schema.py "$build/host/tablewalk" tests/data/maps/plain-4g.map "$build/schema"
mmd -i "$fat" ::/tablewalk/manual/schema
mcopy -i "$fat" "$build"/schema/*.json ::/tablewalk/manual/schema/

# A MiB before it for the partition table, one after it for the table's second copy.
truncate -s $((fat_mib + 2))M "$new"
dd if="$fat" of="$new" bs=1M seek=1 conv=notrunc,sparse status=none
sgdisk --clear --disk-guid=7AB1EA1C-0000-4000-8000-000000000001 \
	--new=1:$((mib / 512)):$(((fat_mib + 1) * mib / 512 - 1)) --typecode=1:EF00 \
	--change-name=1:tablewalk --partition-guid=1:7AB1EA1C-0000-4000-8000-000000000002 \
	"$new" >/dev/null
mv "$new" "$img"
echo "$img: write it to a stick with dd if=$img of=/dev/sdX bs=4M conv=fsync"

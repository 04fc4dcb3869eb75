#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The PE header of the EFI program: finish it after objcopy, and check it.

finish EFI        NX_COMPAT and no time stamp, so that the same input gives the same bytes
check EFI ELF     what firmware with W^X and Secure Boot ask for, and that objcopy lost no section
                  of the ELF file; lists what is wrong
"""
import struct
import subprocess
import sys

PAGE = 4096
EFI_APPLICATION = 10
NX_COMPAT, DYNAMIC_BASE = 0x100, 0x40
RELOCS_STRIPPED = 1
EXECUTE, WRITE = 0x20000000, 0x80000000

# Where fields lie: from the PE signature, and from the optional header behind it.
TIME_STAMP, SYMBOLS, OPTIONAL_SIZE, CHARACTERISTICS, OPTIONAL = 8, 12, 20, 22, 24
ALIGNMENT, CHECKSUM, SUBSYSTEM, DLL_CHARACTERISTICS, RELOC_DIRECTORY = 32, 64, 68, 70, 152

NEEDED = {".text": "RX", ".rodata": "R", ".data": "RW", ".bss": "RW", ".reloc": "R", ".relr": "R",
          ".sbat": "R"}
# ld makes these for a dynamic loader; firmware has none.
LEFT_OUT = {".hash", ".gnu.hash", ".dynsym", ".dynstr"}


class Image:
    """Named fields of a PE file's bytes."""

    def __init__(self, path: str):
        with open(path, "rb") as f:
            self.data = bytearray(f.read())
        self.pe = struct.unpack_from("<I", self.data, 0x3C)[0]

    def get(self, form: str, at: int) -> int:
        return struct.unpack_from(form, self.data, self.pe + at)[0]

    def put(self, form: str, at: int, value: int) -> None:
        struct.pack_into(form, self.data, self.pe + at, value)

    def sections(self):
        """(name, size in memory, address, bytes in the file, flags), in the file's order."""
        table = self.pe + OPTIONAL + self.get("<H", OPTIONAL_SIZE)
        for i in range(self.get("<H", 6)):
            name, size, address, raw, flags = struct.unpack_from("<8sIII16xI", self.data, table + 40 * i)
            yield name.rstrip(b"\0").decode(), size, address, raw, flags


def finish(path: str) -> None:
    image = Image(path)
    image.put("<I", TIME_STAMP, 0)
    image.put("<I", OPTIONAL + CHECKSUM, 0)  # UEFI does not look at it
    flags = image.get("<H", OPTIONAL + DLL_CHARACTERISTICS)
    image.put("<H", OPTIONAL + DLL_CHARACTERISTICS, flags | NX_COMPAT | DYNAMIC_BASE)
    with open(path, "wb") as f:
        f.write(image.data)


def rights(flags: int) -> str:
    return "R" + ("W" if flags & WRITE else "") + ("X" if flags & EXECUTE else "")


def header_wrong(image: Image):
    if image.get("<I", OPTIONAL + ALIGNMENT) != PAGE:
        yield "sections are not aligned to 4 KiB"
    if image.get("<H", OPTIONAL + SUBSYSTEM) != EFI_APPLICATION:
        yield "the subsystem is not EFI application"
    if not image.get("<H", OPTIONAL + DLL_CHARACTERISTICS) & NX_COMPAT:
        yield "NX_COMPAT is not set"
    if image.get("<H", CHARACTERISTICS) & RELOCS_STRIPPED or not image.get("<I", OPTIONAL + RELOC_DIRECTORY):
        yield "the image is not relocatable"
    if image.get("<I", TIME_STAMP):
        yield "there is a time stamp"
    if image.get("<I", SYMBOLS):
        yield "there are symbols in it, which belong into the .debug file"


def sections_wrong(image: Image):
    found, end = {}, 0
    for name, size, address, raw, flags in image.sections():
        found[name] = rights(flags)
        if address % PAGE:
            yield f"section {name} does not begin on a page"
        if address < end:
            yield f"section {name} overlaps the one before it"
        end = address + size
        if name == ".bss" and raw:
            yield ".bss takes place in the file"
    for name in sorted(NEEDED.keys() | found.keys()):
        if NEEDED.get(name) != found.get(name):
            yield f"section {name} is {found.get(name, 'missing')}, should be {NEEDED.get(name, 'absent')}"


def lost_sections(image: Image, elf: str):
    """What the ELF file loads must be in the EFI file."""
    have = {name for name, *_ in image.sections()} | LEFT_OUT
    lines = subprocess.check_output(["readelf", "-SW", elf], text=True).splitlines()
    for line in lines:
        fields = line.partition("]")[2].split()
        if len(fields) >= 7 and "A" in fields[6] and fields[0] not in have:
            yield f"objcopy lost section {fields[0]}"


def main() -> int:
    if len(sys.argv) == 3 and sys.argv[1] == "finish":
        finish(sys.argv[2])
        return 0
    if len(sys.argv) != 4 or sys.argv[1] != "check":
        sys.exit(__doc__)
    image = Image(sys.argv[2])
    wrong = [*header_wrong(image), *sections_wrong(image), *lost_sections(image, sys.argv[3])]
    print("\n".join(wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

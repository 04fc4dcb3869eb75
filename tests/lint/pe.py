#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The PE header of the EFI program: finish it after objcopy, and check it.

next-address SO   where .sbat may be put behind the sections of the ELF file
finish EFI        NX_COMPAT and no time stamp, so that the same input gives the same bytes
check EFI         what firmware with W^X and Secure Boot ask for; lists what is wrong
"""
import struct
import subprocess
import sys

NX_COMPAT, DYNAMIC_BASE = 0x100, 0x40
EXECUTE, WRITE = 0x20000000, 0x80000000


def pe_offset(data):
    return struct.unpack_from("<I", data, 0x3C)[0]


def sections(data):
    """Name, virtual size, address, flags of each section."""
    pe = pe_offset(data)
    count, opt_size = struct.unpack_from("<H", data, pe + 6)[0], struct.unpack_from("<H", data, pe + 20)[0]
    for i in range(count):
        at = pe + 24 + opt_size + 40 * i
        name = data[at:at + 8].rstrip(b"\0").decode()
        size, address, _, _, _, _, _, _, flags = struct.unpack_from("<IIIIIIHHI", data, at + 8)
        yield name, size, address, flags


def next_address(path):
    lines = subprocess.check_output(["objdump", "-h", path], text=True).splitlines()
    end = 0
    for fields in (line.split() for line in lines):
        if len(fields) >= 7 and fields[0].isdigit():
            end = max(end, int(fields[3], 16) + int(fields[2], 16))
    return (end + 0xFFF) & ~0xFFF


def finish(path):
    with open(path, "rb") as f:
        data = bytearray(f.read())
    pe = pe_offset(data)
    struct.pack_into("<I", data, pe + 8, 0)  # TimeDateStamp
    struct.pack_into("<I", data, pe + 24 + 64, 0)  # CheckSum: UEFI does not look
    flags = struct.unpack_from("<H", data, pe + 24 + 70)[0]
    struct.pack_into("<H", data, pe + 24 + 70, flags | NX_COMPAT | DYNAMIC_BASE)
    with open(path, "wb") as f:
        f.write(data)


def check(path):
    with open(path, "rb") as f:
        data = f.read()
    pe, wrong = pe_offset(data), []
    found = list(sections(data))
    names = [name for name, _, _, _ in found]
    if struct.unpack_from("<I", data, pe + 24 + 32)[0] != 4096:
        wrong.append("sections are not aligned to 4 KiB")
    if struct.unpack_from("<H", data, pe + 24 + 68)[0] != 10:
        wrong.append("the subsystem is not EFI application")
    if not struct.unpack_from("<H", data, pe + 24 + 70)[0] & NX_COMPAT:
        wrong.append("NX_COMPAT is not set")
    if struct.unpack_from("<I", data, pe + 8)[0]:
        wrong.append("there is a time stamp")
    for need in (".text", ".rodata", ".data", ".reloc", ".sbat"):
        if need not in names:
            wrong.append(f"section {need} is missing")
    for name, _, address, flags in found:
        if flags & EXECUTE and flags & WRITE:
            wrong.append(f"section {name} is writable and executable")
        if address % 4096:
            wrong.append(f"section {name} does not begin on a page")
    return wrong


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("next-address", "finish", "check"):
        sys.exit(__doc__)
    if sys.argv[1] == "next-address":
        print(f"{next_address(sys.argv[2]):#x}")
    elif sys.argv[1] == "finish":
        finish(sys.argv[2])
    else:
        wrong = check(sys.argv[2])
        print("\n".join(wrong))
        sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

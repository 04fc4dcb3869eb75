#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The layers' rules: who may include what. Prints what breaks them."""
import glob
import os
import re
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

# mm's folders from the bottom up; include/mm has the same, and a header belongs to its folder's layer.
MM_LAYERS = ["lib", "boot", "pgtable", "page", "slab", "vmalloc", "stat", "exercise"]
# struct mem_system holds the state of every layer, so its header names them all; that nobody calls
# up through it is calls.py's affair.
ANY_LAYER = {"mm/system.h", "mm/types.h"}
MM_OUTSIDE = {"kernel.h", "status.h", "list.h", "lib.h", "tree.h", "arch.h", "arch/percpu.h",
              "spinlock.h", "sanitize.h"}


def includes(path):
    with open(path) as f:
        return re.findall(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', f.read(), re.M)


def mm_wrong(path, name, folder):
    if name in MM_OUTSIDE or name in ANY_LAYER or folder not in MM_LAYERS:
        return None
    if not name.startswith("mm/"):
        local = os.path.normpath(os.path.join(os.path.dirname(path), name))
        return None if os.path.exists(local) and local.startswith(f"mm/{folder}/") else f"mm may not include {name}"
    owner = name.split("/")[1]
    if MM_LAYERS.index(owner) > MM_LAYERS.index(folder):
        return f"{name} belongs to mm/{owner}, which is above mm/{folder}"
    return None


def file_wrong(path):
    text = open(path).read()
    for kind, name in includes(path):
        if kind == "<":
            if name.startswith("efi") and not path.startswith("efi/fw/"):
                yield f"only efi/fw may include <{name}>"
            elif not path.startswith(("efi/fw/", "efi/host/", "arch/host/", "include/kernel.h", "tests/")):
                yield f"includes <{name}>: pure files have no C library"
        elif path.startswith("mm/"):
            error = mm_wrong(path, name, path.split("/")[1])
            if error:
                yield error
    if not path.startswith("arch/") and re.search(r"\b(__asm__|asm volatile)\b", text):
        yield "inline assembly outside arch/"
    if not text.startswith("/* SPDX-License-Identifier: BSD-2-Clause-Patent */"):
        yield "the licence line is missing"


def main():
    files = [p for pattern in ("mm/**/*.[ch]", "efi/**/*.[ch]", "arch/**/*.[chS]", "include/**/*.h",
                               "tests/**/*.[ch]") for p in glob.glob(pattern, recursive=True)]
    wrong = [f"{path}: {error}" for path in sorted(files) for error in file_wrong(path)]
    wrong += [f"{path}: assembly outside arch/" for path in glob.glob("[!ab]*/**/*.S", recursive=True)]
    print("\n".join(wrong) or f"{len(files)} files")
    return bool(wrong) or not files


if __name__ == "__main__":
    sys.exit(main())

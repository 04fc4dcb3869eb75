#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Sizes: files of at most 500 lines, headers 200, assembly 180, functions 60, the Makefile 200."""
import glob
import os
import re
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

LIMITS = {".c": 500, ".h": 200, ".S": 180, ".py": 500}
FUNCTION = 60


def functions(lines):
    """(name, length) of each function: from `{` in column 0 to `}` in column 0."""
    start = name = None
    for number, line in enumerate(lines):
        if line.startswith("{"):
            start, name = number, lines[number - 1].strip()
        elif line.startswith("}") and start is not None:
            yield name, number - start + 1
            start = None


def main():
    wrong, seen = [], 0
    paths = [p for d in ("mm", "efi", "arch", "include", "tests") for p in
             glob.glob(d + "/**/*", recursive=True)]
    for path in sorted(paths):
        limit = LIMITS.get(os.path.splitext(path)[1])
        if not limit or not os.path.isfile(path):
            continue
        seen += 1
        lines = open(path).read().split("\n")
        if len(lines) - 1 > limit:
            wrong.append(f"{path}: {len(lines) - 1} lines, at most {limit}")
        if path.endswith(".c"):
            wrong += [f"{path}: {re.sub(r'[(].*', '', name)} has {length} lines, at most {FUNCTION}"
                      for name, length in functions(lines) if length > FUNCTION]
    if len(open("Makefile").readlines()) > 200:
        wrong.append("Makefile: over 200 lines")
    print("\n".join(wrong) or f"{seen} files")
    return bool(wrong) or not seen


if __name__ == "__main__":
    sys.exit(main())

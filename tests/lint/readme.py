#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The README's table of commands is the program's own: both come from the rows of the command tables.

readme.py PROGRAM [--write]     compares, or writes the table anew
"""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
README = os.path.join(ROOT, "README.md")
MACHINE = os.path.join(ROOT, "tests", "data", "maps", "plain-4g.map")
BEGIN, END = "| command | arguments | |\n|---|---|---|\n", "\n## How it works"


def table(program):
    text = subprocess.check_output([program, "--map", MACHINE, "-c", "help --json"], text=True)
    return "".join(f"| `{row['name']}` | {cell(row['args'])} | {row['help']} |\n" for row in json.loads(text))


def cell(args):
    return "`" + args.replace("|", "\\|") + "`" if args else ""


def main():
    with open(README) as f:
        readme = f.read()
    pattern = re.compile(re.escape(BEGIN) + "(.*?)" + re.escape(END), re.S)
    rows = table(sys.argv[1])
    if "--write" in sys.argv:
        with open(README, "w") as f:
            f.write(pattern.sub(lambda _: BEGIN + rows + END, readme))
        return 0
    found = pattern.search(readme)
    if found and found[1] == rows:
        return 0
    print("README.md's table of commands is not what the program says; tests/lint/readme.py "
          "build/host/tablewalk --write mends it")
    return 1


if __name__ == "__main__":
    sys.exit(main())

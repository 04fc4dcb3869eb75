#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""coverage.py OBJECTS FOLDER PERCENT: which lines of FOLDER's sources the unit tests ran.

OBJECTS is where the objects of a build with --coverage lie, after the tests ran. Prints a line per file
with the lines that no test reached, and the total; exit status 1 when that is under PERCENT.
"""
import glob
import json
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def lines_of(notes: str) -> dict[str, dict[int, int]]:
    """source -> line -> times run, from one object's notes and counts."""
    out = subprocess.check_output(["gcov", "--json-format", "--stdout", os.path.abspath(notes)], cwd=ROOT,
                                  stderr=subprocess.DEVNULL, text=True)
    found: dict[str, dict[int, int]] = {}
    for document in out.splitlines():
        for source in json.loads(document)["files"]:
            lines = found.setdefault(os.path.normpath(source["file"]), {})
            for line in source["lines"]:
                number = line["line_number"]
                lines[number] = lines.get(number, 0) + line["count"]
    return found


def ranges(numbers: list[int]) -> str:
    """[3, 4, 5, 9] as "3-5 9"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return " ".join(f"{a}-{b}" if a != b else str(a) for a, b in parts)


def main() -> int:
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    objects, folder, limit = sys.argv[1], sys.argv[2], float(sys.argv[3])
    run: dict[str, dict[int, int]] = {}
    for notes in sorted(glob.glob(f"{objects}/{folder}/**/*.gcno", recursive=True)):
        for source, lines in lines_of(notes).items():
            if not source.startswith(folder + "/"):
                continue
            counts = run.setdefault(source, {})
            for number, count in lines.items():
                counts[number] = counts.get(number, 0) + count
    covered = total = 0
    for source in sorted(run):
        missed = sorted(number for number, count in run[source].items() if not count)
        reached = len(run[source]) - len(missed)
        covered, total = covered + reached, total + len(run[source])
        print(f"{100 * reached / len(run[source]):5.1f} %  {source:32} {ranges(missed)[:60]}")
    if not total:
        print(f"no counts of {folder}/ in {objects}", file=sys.stderr)
        return 1
    percent = 100 * covered / total
    print(f"{percent:5.1f} %  {folder}/, {covered} of {total} lines; {limit:g} % are asked for")
    return percent < limit


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Runs the benchmarks, prints one table, writes build/bench.json (rows {name, unit, ours, reference, goal}).

Instructions of the emulated machine are the same in every run. Times are from a shared machine: compare only
ratios within one run. Nothing here passes or fails.
"""
import argparse
import glob
import json
import os
import subprocess
import sys

import emulated
import yard_objects
import yard_pages
from rows import met

WORDS = {True: "yes", False: "no", None: "-"}


def host_rows(build):
    for program in sorted(glob.glob(f"{build}/bench/bench_*[!.o]")):
        if os.access(program, os.X_OK):
            done = subprocess.run([program], stdout=subprocess.PIPE, text=True, timeout=600, check=True)
            for line in done.stdout.splitlines():
                found = json.loads(line)
                yield dict(found, reference=found["reference"] or None, goal=found["goal"] or None)


def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 10000 else f"{value:.1f}"


def show(title, rows):
    """Prints the rows and returns them."""
    print(f"\n{title:<48} {'ours':>12} {'reference':>15} {'goal':>12} {'ours/goal':>9}  met  unit")
    shown = []
    for row in rows:
        ratio = f"{row['ours'] / row['goal']:.2f}" if row["goal"] else "-"
        print(f"{row['name']:<48} {number(row['ours']):>12} {number(row['reference']):>15} {number(row['goal']):>12} "
              f"{ratio:>9}  {WORDS[met(row)]:<3}  {row['unit']}", flush=True)
        shown.append(row)
    return shown


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    args = parser.parse_args()
    rows = show("page allocator on the emulated machine (Linux 6.1)", emulated.rows(args.build))
    rows += show("objects and areas on the emulated machine (Linux 6.1)", emulated.object_rows(args.build))
    rows += show("page frames on this computer (reference: a floor)", yard_pages.rows(args.build))
    rows += show("objects on this computer (reference: the one named)", yard_objects.rows(args.build))
    rows += show("page tables on this computer (a loop that reads)", host_rows(args.build))
    with open(f"{args.build}/bench.json", "w") as f:
        json.dump(rows, f, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())

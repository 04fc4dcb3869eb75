#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Runs the benchmarks, prints one table, writes build/bench.json (rows {name, unit, ours, reference, goal}).

Figures of a shared machine: look at ratios of one run. Nothing here passes or fails.
"""
import argparse
import glob
import json
import os
import subprocess
import sys


def rows_of(program):
    done = subprocess.run([program], stdout=subprocess.PIPE, text=True, timeout=600, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def number(value):
    return f"{value:.1f}" if value else "-"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    build = parser.parse_args().build
    programs = sorted(glob.glob(f"{build}/bench/bench_*[!.o]"))
    rows = [row for program in programs if os.access(program, os.X_OK) for row in rows_of(program)]
    print(f"{'':<32} {'ours':>10} {'reference':>10} {'goal':>8} {'ours/goal':>10}  unit")
    for row in rows:
        ratio = f"{row['ours'] / row['goal']:.2f}" if row["goal"] else "-"
        print(f"{row['name']:<32} {number(row['ours']):>10} {number(row['reference']):>10} "
              f"{number(row['goal']):>8} {ratio:>10}  {row['unit']}")
    print("reference of million entries/s: a loop that only reads the same entries")
    with open(f"{build}/bench.json", "w") as f:
        json.dump(rows, f, indent=1)
    return 0 if rows else 1


if __name__ == "__main__":
    sys.exit(main())

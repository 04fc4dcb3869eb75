#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The yardstick for allocators: workloads of tests/bench/yardstick on lower bounds, on Debian's allocators, and on
ours.

Nanoseconds are from a shared machine, so compared programs run together: one after the other, in several rounds;
the medians count. As a command it prints the figures of some programs and workloads, also as instructions, which
are the same in every run:

    make bench                                               # builds the programs, in build/yard
    tests/bench/yardstick.py page-lifo page-ours --only P1 P2rand
    tests/bench/yardstick.py object-ours object-ours+RANDOM object-glibc --instructions
"""
import argparse
import glob
import os
import re
import statistics
import subprocess
import sys
import tempfile


def run_one(build, program, *workload, under=(), short=False):
    """The words of each line of its output. PROGRAM+OPTION: the program with OPTION=1 in its environment."""
    name, *options = program.split("+") + ["YARD_SHORT"] * short
    done = subprocess.run([*under, os.path.join(build, "yard", name), *workload], stdout=subprocess.PIPE, text=True,
                          timeout=600, check=True, stderr=subprocess.DEVNULL if under else None,
                          env={**os.environ, **{option: "1" for option in options}})
    return [line.split() for line in done.stdout.splitlines()]


def nanoseconds(build, program, workload):
    """[(figure, value)] of a run; a time is in nanoseconds."""
    return [(fields[0], float(fields[-1])) for fields in run_one(build, program, workload)]


def instructions(build, program, workload):
    """[(figure, instructions of one operation)] of each measured part."""
    with tempfile.TemporaryDirectory() as folder:
        under = ("valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", "--zero-before=measured",
                 "--dump-after=measured")
        parts = [f for f in run_one(build, program, workload, under=under, short=True) if len(f) == 3]
        for number, (figure, ops, _) in enumerate(parts, 1):
            with open(f"{folder}/out.{number}") as dump:
                total = re.search(r"^(?:summary|totals): (\d+)", dump.read(), re.M).group(1)
            yield figure, int(total) / int(ops)


def measure(build, programs, workloads, rounds, one=nanoseconds):
    """{program: {figure: median}}; skips workloads that a program cannot run."""
    can = {program: [fields[0] for fields in run_one(build, program)] for program in programs}
    found = {program: {} for program in programs}
    for turn in range(rounds):
        first = turn % len(programs)
        for workload in workloads:
            for program in programs[first:] + programs[:first]:
                if workload in can[program]:
                    for figure, value in one(build, program, workload):
                        found[program].setdefault(figure, []).append(value)
    return {p: {name: statistics.median(v) for name, v in figures.items()} for p, figures in found.items()}


def show(found):
    """Prints a row for each figure, a column for each program."""
    figures = dict.fromkeys(figure for of_one in found.values() for figure in of_one)
    print(f"{'':<24}" + "".join(f"{program:>20}" for program in found))
    for figure in figures:
        print(f"{figure:<24}" + "".join(f"{of_one[figure]:>20.2f}" if figure in of_one else f"{'-':>20}"
                                        for of_one in found.values()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", metavar="WORKLOAD", default=[])
    parser.add_argument("--instructions", action="store_true", help="count them with callgrind; one round")
    parser.add_argument("programs", nargs="*")
    args = parser.parse_args()
    every = sorted(os.path.basename(p) for p in glob.glob(f"{args.build}/yard/*-*"))
    programs = args.programs or every
    workloads = args.only or list(dict.fromkeys(f[0] for p in programs for f in run_one(args.build, p)))
    if args.instructions:
        show(measure(args.build, programs, workloads, 1, instructions))
    else:
        show(measure(args.build, programs, workloads, args.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())

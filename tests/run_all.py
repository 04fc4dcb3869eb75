#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Runs groups of tests and counts: lint, unit, fuzz, host, qemu.

Prints a line per test that is worth one, details of what failed, and at the end `N passed, N failed`
(`, N skipped`). Exit status 1 when anything failed or nothing ran. build/test-results.xml is the same
for machines (JUnit).
"""
import argparse
import glob
import os
import re
import subprocess
import sys
import time

from results import Results, Skipped, in_order

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(HERE, "qemu"))

FUZZ_RUNS, FUZZ_SECONDS = 200000, 20
UNIT_TIMEOUT = 900  # seconds; on a computer that others use too


def run(command, timeout, env=None):
    """(exit status, output); a time-out is a status of its own."""
    try:
        done = subprocess.run(command, timeout=timeout, stdout=subprocess.PIPE, cwd=ROOT,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                              errors="replace", env={**os.environ, **(env or {})})
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired as expired:
        return "time-out", (expired.stdout or b"").decode(errors="replace")


def programs(pattern):
    return sorted(p for p in glob.glob(pattern) if os.path.isfile(p) and os.access(p, os.X_OK))


def unit_cases(suite, status, output):
    """(name, error) of each test of a program, whose own lines are counted."""
    tests = {name: verdict for verdict, name in re.findall(r"\[ +(OK|FAILED|SKIPPED) +\] (\w+)$", output, re.M)}
    reason = "; ".join(re.findall(r"^# skipped: (.*)", output, re.M)) or "see the suite"
    errors = {"OK": None, "FAILED": output[-3000:], "SKIPPED": Skipped(reason)}
    for name, verdict in tests.items():
        yield f"unit {suite}: {name}", errors[verdict]
    if status != 0 and "FAILED" not in tests.values():
        yield f"unit {suite}", f"status {status}\n{output[-4000:]}"


def group_unit(results, options):
    suites = programs(f"{options.build}/test/unit/*/test_*")
    runs = in_order(lambda program: run([program], UNIT_TIMEOUT, {"MAPS": options.maps}), suites)
    for program, (status, output) in zip(suites, runs):
        suite = "/".join(program.split("/")[-2:]).replace("test_", "", 1)
        for name, error in unit_cases(suite, status, output):
            results.add(name, error)
        for line in re.findall(r"^# .*", output, re.M):
            print("      " + line)


def fuzz_error(options, program):
    """None, or what a fuzzer found: known inputs first, then as many others as its time allows."""
    name = os.path.basename(program)[5:]
    corpus = os.path.join(ROOT, "tests", "fuzz", "corpus", name)
    scratch = os.path.join(options.build, "fuzz", "found-" + name)
    os.makedirs(scratch, exist_ok=True)
    status, output = run([program, f"-runs={FUZZ_RUNS}", "-seed=1", f"-max_total_time={FUZZ_SECONDS}",
                          f"-artifact_prefix={scratch}/", scratch] + [corpus] * os.path.isdir(corpus), 120)
    return None if status == 0 else output[-3000:]


def group_fuzz(results, options):
    fuzzers = programs(f"{options.build}/fuzz/fuzz_*")
    for program, error in zip(fuzzers, in_order(lambda fuzzer: fuzz_error(options, fuzzer), fuzzers)):
        results.add(f"fuzz {os.path.basename(program)[5:]}", error)


def group_lint(results, options):
    for name, command in (
            ("layers and includes", ["tests/lint/deps.py"]),
            ("calls between floors", ["tests/lint/calls.py", options.build]),
            ("sizes", ["tests/lint/size.py"]),
            ("headers compile alone", ["tests/lint/headers.sh"]),
            ("no mutable state in mm", ["tests/lint/state.sh", options.build]),
            ("PE header", ["tests/lint/pe.py", "check", f"{options.build}/BOOTX64.EFI",
                           f"{options.build}/efi/tablewalk.so"]),
            ("same input, same bytes", ["tests/lint/reproducible.sh", options.build]),
            ("manual and README", ["tests/lint/manual.py", f"{options.build}/host/tablewalk"]),
            ("format", ["tests/lint/format.sh"]),
            ("banners and comments", ["tests/lint/surface.py"]),
            ("keys of views", ["tests/lint/keys.py"]),
            ("cppcheck", ["tests/lint/cppcheck.sh"])):
        status, output = run(command, 600)
        results.add(f"lint {name}", error=None if status == 0 else output[-3000:])


def group_host(results, options):
    import test_host
    for name, error in test_host.run(options.build, options.maps):
        results.add(f"host {name}", error)


def group_qemu(results, options):
    import test_browse
    import test_machines
    import test_terminal
    for name, error in test_terminal.run(options.build):  # alone: it looks at the time
        results.add(f"run {name}", error)
    for name, error in test_browse.run(options.build):
        results.add(f"run {name}", error)
    for name, error in test_machines.run(f"{options.build}/BOOTX64.EFI", f"{options.build}/qemu"):
        results.add(f"qemu {name}", error)


GROUPS = {"lint": group_lint, "unit": group_unit, "fuzz": group_fuzz, "host": group_host,
          "qemu": group_qemu}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--maps", default=os.environ.get("MAPS", "none"), help="folder of real machines")
    parser.add_argument("groups", nargs="+", choices=GROUPS)
    options = parser.parse_args()
    options.build, options.maps = os.path.abspath(options.build), os.path.abspath(options.maps)
    results, start = Results(), time.monotonic()
    for group in options.groups:
        began = time.monotonic()
        GROUPS[group](results, options)
        print(f"      {group}: {time.monotonic() - began:.0f} s")
    results.write_junit(os.path.join(options.build, "test-results.xml"))
    passed, failed, skipped = results.count()
    print(f"\n{time.monotonic() - start:.0f} s")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

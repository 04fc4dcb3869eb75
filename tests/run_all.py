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
from xml.sax.saxutils import quoteattr

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(HERE, "qemu"))

FUZZ_RUNS = 200000


class Results:
    def __init__(self):
        self.cases = []  # (name, error or None, skipped reason or None)

    def add(self, name, error=None, skipped=None):
        self.cases.append((name, error, skipped))
        if skipped:
            print(f"skip  {name}: {skipped}")
        elif error:
            print(f"FAIL  {name}\n      " + error.strip().replace("\n", "\n      "))
        else:
            print(f"ok    {name}")
        sys.stdout.flush()

    def count(self):
        failed = sum(1 for _, error, _ in self.cases if error)
        skipped = sum(1 for _, _, reason in self.cases if reason)
        return len(self.cases) - failed - skipped, failed, skipped

    def write_junit(self, path):
        passed, failed, skipped = self.count()
        lines = [f'<testsuite name="tablewalk" tests="{len(self.cases)}" failures="{failed}" '
                 f'skipped="{skipped}">']
        for name, error, reason in self.cases:
            body = f"<failure message={quoteattr(error)}/>" if error else ""
            body += f"<skipped message={quoteattr(reason)}/>" if reason else ""
            lines.append(f"<testcase name={quoteattr(name)}>{body}</testcase>")
        with open(path, "w") as f:
            f.write("\n".join(lines) + "\n</testsuite>\n")


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


def group_unit(results, options):
    """Each program is a suite of cmocka's; its own lines are counted."""
    for program in programs(f"{options.build}/test/unit/*/test_*"):
        suite = "/".join(program.split("/")[-2:]).replace("test_", "", 1)
        status, output = run([program], 300, {"MAPS": options.maps})
        tests = re.findall(r"\[ +(OK|FAILED|SKIPPED) +\] (\w+)$", output, re.M)
        for verdict, name in dict((name, (verdict, name)) for verdict, name in tests).values():
            results.add(f"unit {suite}: {name}", skipped="see the suite" if verdict == "SKIPPED" else None,
                        error=f"{output[-3000:]}" if verdict == "FAILED" else None)
        if status != 0 and not any(verdict == "FAILED" for verdict, _ in tests):
            results.add(f"unit {suite}", error=f"status {status}\n{output[-4000:]}")
        for line in re.findall(r"^# .*", output, re.M):
            print("      " + line)


def group_fuzz(results, options):
    for program in programs(f"{options.build}/fuzz/fuzz_*"):
        name = os.path.basename(program)
        corpus = os.path.join(ROOT, "tests", "fuzz", "corpus", name[5:])
        inputs = [corpus] if os.path.isdir(corpus) else []
        scratch = os.path.join(options.build, "fuzz", "found-" + name[5:])
        os.makedirs(scratch, exist_ok=True)
        status, output = run([program, f"-runs={FUZZ_RUNS}", "-seed=1", "-max_total_time=20",
                              f"-artifact_prefix={scratch}/", scratch] + inputs, 120)
        results.add(f"fuzz {name[5:]}", error=None if status == 0 else output[-3000:])


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
    for name, error, skipped in test_host.run(options.build, options.maps):
        results.add(f"host {name}", error, skipped)


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

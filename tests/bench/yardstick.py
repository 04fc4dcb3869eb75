# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The yardstick of ../shared/bench/alloc: its workloads, its floors, Debian's allocators, our adapters.

Nanoseconds of a shared machine, so what is compared runs together: programs in turn, medians of some rounds.
"""
import os
import statistics
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")


def build_all(yardstick, build):
    """All of its programs, and ours, in build/yard. Returns the folder."""
    env = dict(os.environ, B=os.path.abspath(f"{build}/yard"))
    for kind, adapter in (("PA", "alloc_page.c"), ("SA", "alloc_object.c")):
        env[f"{kind}_OURS"] = os.path.join(HERE, adapter)
        env[f"{kind}_OURS_FLAGS"] = f"-I{ROOT}/include -I{ROOT}"
        env[f"{kind}_OURS_LIBS"] = os.path.abspath(f"{build}/yard/libmm.a")
    subprocess.run(["bash", os.path.join(yardstick, "build.sh")], env=env, check=True, stdout=subprocess.DEVNULL)
    return os.path.join(env["B"], "bin")


def run_one(folder, program, workload):
    """Its lines, in words. PROGRAM+OPTION: the program with OPTION=1 in its environment."""
    name, *options = program.split("+")
    done = subprocess.run([os.path.join(folder, name), workload], capture_output=True, text=True, timeout=300,
                          check=True, env={**os.environ, **{option: "1" for option in options}})
    return map(str.split, done.stdout.splitlines())


def measure(folder, programs, workloads, rounds, skip=lambda program, workload: False):
    """{program: {figure: median}}"""
    found = {program: {} for program in programs}
    for turn in range(rounds):
        first = turn % len(programs)
        for workload in workloads:
            for program in programs[first:] + programs[:first]:
                if skip(program, workload):
                    continue
                for fields in run_one(folder, program, workload):
                    value = fields[3] if fields[0] == "R" else fields[2]
                    found[program].setdefault(fields[1], []).append(float(value))
    return {p: {name: statistics.median(v) for name, v in figures.items()} for p, figures in found.items()}

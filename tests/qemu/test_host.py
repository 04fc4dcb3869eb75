# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The host program from outside: exit statuses, bad input, and the maps of real and invented machines."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import maps  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
INVENTED = os.path.join(ROOT, "tests", "data", "maps")


def call(build, *args):
    done = subprocess.run([os.path.join(build, "host", "tablewalk"), *args], capture_output=True, text=True,
                          timeout=60, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def expect(build, what, status, text, *args):
    got, output = call(build, *args)
    wrong = got != status or text not in output
    return what, f"status {got}, expected {status} and `{text}`:\n{output[-600:]}" if wrong else None, None


def generated(build, name, lines):
    path = os.path.join(build, name)
    with open(path, "w") as f:
        f.write("kind efi\n" + "\n".join(lines) + "\n")
    return path


def many_entries(build, count=2000):
    """A map of `count` entries: every second page of memory above 16 MiB is used by the firmware."""
    lines = ["mem 0x100000 0x8000000 Conventional WB"]
    for i in range(count):
        start = 0x8000000 + i * 0x10000
        lines.append(f"mem {start:#x} {start + 0x10000:#x} " + ("BootData WB" if i % 2 else "Conventional WB"))
    return generated(build, "many.map", lines)


def run(build, shared_maps):
    machine = os.path.join(INVENTED, "plain-4g.map")
    yield expect(build, "exit 0 when all succeed", 0, "Normal", "--map", machine, "-c", "zones; quit")
    yield expect(build, "exit 1 when one fails", 1, "Normal", "--map", machine, "-c", "nonsense; zones")
    yield expect(build, "exit 2 without a machine", 2, "give --map")
    yield expect(build, "exit 2 for an unknown option", 2, "colour=red", "--map", machine, "colour=red")
    yield expect(build, "a missing file is named", 2, "/no/such/file", "--map", "/no/such/file")
    broken = generated(build, "broken.map", ["mem 0x0 0x1000 Conventional", "mem zero 0x2000 Conventional"])
    yield expect(build, "a broken file is named with its line", 2, "line 3", "--map", broken)
    small = generated(build, "small.map", ["mem 0x100000 0x200000 Conventional WB"])
    yield expect(build, "too little memory says how much is needed", 2, "needed", "--map", small, "-c", "zones")
    yield expect(build, "2,000 entries", 0, "exercise passed", "--map", many_entries(build), "-c", "exercise")
    yield expect(build, "5 levels where the CPU has them", 0, "PML5E", "--map",
                 os.path.join(INVENTED, "la57.map"), "-c", "pt stats")
    yield expect(build, "FLATMEM", 0, "exercise passed", "--map", machine, "-c", "memmodel; exercise", "memmodel=flat")
    yield from maps.run(build, INVENTED)
    yield from maps.run(build, shared_maps)

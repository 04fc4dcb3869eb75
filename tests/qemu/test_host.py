#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Tests the host program: exit statuses, bad input, sessions, and the maps of real and invented machines.

test_host.py NAME...: only these sessions, or the structure of these commands.
"""
import os
import re
import subprocess
import sys
from itertools import zip_longest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests"))
import maps  # noqa: E402
import structure  # noqa: E402

INVENTED = os.path.join(ROOT, "tests", "data", "maps")


def call(build, *args):
    done = subprocess.run([os.path.join(build, "host", "tablewalk"), *args], capture_output=True, text=True,
                          timeout=60, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def expect(build, what, status, text, *args):
    got, output = call(build, *args)
    wrong = got != status or text not in output
    return what, f"status {got}, expected {status} and `{text}`:\n{output[-600:]}" if wrong else None


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


# The exact output of sessions: tests/golden/session-NAME.txt. GOLDEN=write writes them.
SESSIONS = {
    "dump": "pt dump ffff888000000000-ffff888040000000; pt dump ffff888000000000 ffff888000400000 --format gef; "
            "pt dump ffff888000000000-ffff888000003000 --format leaves; pt dump --format tlb "
            "ffff8880000ff000-ffff888000102000; pt dump ffff8880000fe000-ffff888000103000 --format leaves --csv; "
            "pt dump nowhere; pt dump --format; pt dump 5-4; pt dump fw",
    "walk": "walk ffff888000100000; walk 0 --bits; walk 800000000000; walk; translate ffff888000123456; "
            "translate p:123456; translate p:f0000000; translate 1000; walk clone 0",
    "sandbox": "map 0 0 4K; clone; map 400000 200000 4M rwu; split 400000; protect 401000 8K r; pt diff own clone; "
               "setbits 403000 pte -RW +NX +52; walk clone 403000; memtype 404000 4K uc; memtype 404000 4K no; "
               "collapse 400000; undo 3; redo; steps; unmap 400000 4M; map 1000 2000 1; map ffff888000200000 0 4K; "
               "map 1000 1000 4K q; setbits 1000 pte 1; setbits 0 nolevel 1; undo 99; undo; pt diff own clone; "
               "clone drop; steps",
    "access": "clone; map 400000 200000 4K r; access 400123 w in clone; access 400123 w in clone wp=0; access 400123 "
              "r user in clone; access 400000 r user smap=1 in clone; access 800000000000 r; access 0 q; access 0 r "
              "wp=7; probe 400123 w; access 400000 sw cet=1 in clone; access --sweep; stale",
    "step": "step alloc 0; step alloc 9 movable; step free; step free; step alloc 3 dma; step free all; step free; "
            "step alloc 11; step alloc 0 nokind; step alloc 1 dma32 --json; step free 1; pagedebug owner fail=2; "
            "step alloc 2 atomic; pagedebug off; step alloc 2; pagedebug rubbish; pagedebug show; pagedebug show --json; zones",
    "whatif": "whatif 4T nodes=8; whatif 4T nodes=8 buddyinfo; whatif 64M cpus=4; whatif 16G nodes=2 cpus=2 zoneinfo --json; "
              "whatif 4G pagetypeinfo; whatif nosuch; whatif 1M; whatif 4G exercise; whatif machine; whatif 4G cpus=0; "
              "whatif machine 32T nodes=64 extfrag unusable; whatif 4G nodes=65; zones",
    "slab": "slabinfo; slab; slab kmem_cache; slab kmalloc-8 --live; slab nosuch; slab --live; slab a b; slabtop; slabtop "
            "--sort n; slabtop --sort q; slabtop --sort; slabtop --keys c --size 60x10; slabtop --json; slab kmem_cache --json",
    "slabdebug": "slabdebug plant all; slab errors; slabdebug plant uaf --json; slab errors --json; slabdebug plant; "
                 "slabdebug plant rubbish; explain p:0; slab errors x",
    "zonelists": "zonelists; zonelists --json; zonelists --csv; zonelists 1; whatif 4G nodes=3 zonelists",
    "views": "buddyinfo; pagetypeinfo; pagetypeinfo --json; zoneinfo; zoneinfo 1; vmstat; meminfo; extfrag; extfrag "
             "unusable; extfrag 7; page-types; page-types --raw --json; page; page 0; page 200; page a0; page ffffffff; "
             "step alloc 0; page 80000; meminfo --json",
}


# What differs between builds and runs: return addresses, host addresses, ticks.
MASKS = [(r"tablewalk\+0x[0-9a-f]+", "tablewalk+OFFSET"), (r"\b0x(7[ef]|5[56])[0-9a-f]{10}\b", "HOST"),
         (r"age=\d+/\d+/\d+", "age=AGES"), (r'"when": \d+', '"when": TICKS')]


def session(build, machine, name, commands):
    status, output = call(build, "--map", machine, "-c", commands, "levels=4")
    for pattern, mask in MASKS:
        output = re.sub(pattern, mask, output)
    path = os.path.join(ROOT, "tests", "golden", f"session-{name}.txt")
    if os.environ.get("GOLDEN") == "write":
        with open(path, "w") as f:
            f.write(output)
    with open(path) as f:
        lines = zip_longest(f.read().splitlines(), output.splitlines())
    wrong = [f"line {n}: expected {want!r}, got {got!r}" for n, (want, got) in enumerate(lines, 1) if want != got]
    return f"session {name}", "\n".join(wrong[:10]) or None if status in (0, 1) else f"status {status}"


def run(build, shared_maps):
    """Yields (name, error)."""
    machine = os.path.join(INVENTED, "plain-4g.map")
    yield expect(build, "exit 0 when all succeed", 0, "Normal", "--map", machine, "-c", "zones; quit")
    yield expect(build, "exit 1 when one fails", 1, "Normal", "--map", machine, "-c", "nonsense; zones")
    yield expect(build, "exit 2 without a machine", 2, "give --map")
    yield expect(build, "exit 2 for an unknown option", 2, "colour=red", "--map", machine, "colour=red")
    yield expect(build, "a missing file is named", 2, "/no/such/file", "--map", "/no/such/file")
    for name, why in (("ram-above-maxphyaddr", "the CPU has no more address bits"), ("ram-above-64t", "4 levels of page")):
        yield expect(build, f"RAM out of reach is named and left out: {name}", 0, why, "--map",
                     os.path.join(INVENTED, f"{name}.map"), "-c", "zones; exercise steps=300", "levels=4")
    broken = generated(build, "broken.map", ["mem 0x0 0x1000 Conventional", "mem zero 0x2000 Conventional"])
    yield expect(build, "a broken file is named with its line", 2, "line 3", "--map", broken)
    small = generated(build, "small.map", ["mem 0x100000 0x200000 Conventional WB"])
    yield expect(build, "too little memory says how much is needed", 2, "needed", "--map", small, "-c", "zones")
    yield expect(build, "2,000 entries", 0, "exercise passed", "--map", many_entries(build), "-c", "exercise")
    yield expect(build, "5 levels where the CPU has them", 0, "PML5E", "--map",
                 os.path.join(INVENTED, "la57.map"), "-c", "pt stats")
    yield expect(build, "FLATMEM", 0, "exercise passed", "--map", machine, "-c", "memmodel; exercise", "memmodel=flat")
    yield expect(build, "all of memory is taken and comes back", 0, "pressure passed", "--map", machine, "-c",
                 "exercise pressure; shrinkers; shrinkers drop")
    yield expect(build, "`shrinkers` takes `drop` only", 1, "what: must be `drop`", "--map", machine, "-c", "shrinkers what")
    yield expect(build, "debugging flags by option", 0, "red-zone,poison", "--map", machine, "-c", "slab kmalloc-64",
                 "slub_debug=ZP,kmalloc-*")
    yield expect(build, "all of them, where the option stands alone", 0, "checks,red-zone,poison,store-user", "--map",
                 machine, "-c", "slab kmalloc-64", "slub_debug")
    yield expect(build, "a bad slub_debug says what is allowed", 0, "letters of FZPU", "--map", machine, "-c", "zones",
                 "slub_debug=ZX")
    yield expect(build, "a bad slab_quarantine too", 0, "must be a number", "--map", machine, "-c", "zones",
                 "slab_quarantine=many")
    yield expect(build, "bugs are found in any order and after quarantine", 0, "9 of 9 found", "--map", machine, "-c",
                 "slabdebug plant all", "slub_debug=FZPU", "slab_random", "slab_quarantine=16", "slab_nomerge")
    yield expect(build, "the exercise under all debugging flags", 0, "exercise passed", "--map", machine, "-c",
                 "exercise steps=2000", "slub_debug=FZPU", "slab_random", "slab_quarantine=16")
    for name, commands in SESSIONS.items():
        yield session(build, machine, name, commands)
    yield from structure.check_host(os.path.join(build, "host", "tablewalk"), machine, build)
    yield from maps.run(build, INVENTED)
    yield from maps.run(build, shared_maps)


def main(names, build=os.path.join(ROOT, "build")):
    machine = os.path.join(INVENTED, "plain-4g.map")
    found = [session(build, machine, name, SESSIONS[name]) for name in names if name in SESSIONS]
    commands = set(names) - SESSIONS.keys()
    if commands:
        found += structure.check_host(os.path.join(build, "host", "tablewalk"), machine, build, commands)
    for name, error in found:
        print(f"{'FAIL' if error else 'ok'}  {name}", error or "")
    return any(error for _, error in found) or len(found) < len(names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

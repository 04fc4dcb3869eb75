#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Who calls whom, as the linker sees it: no file calls up, and files that call each other in a
circle are known by name. usage: calls.py BUILD"""
import collections
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

# From the cellar to the roof. Rooms of one floor may call each other.
FLOORS = [
    ["mm/lib/"],
    ["mm/boot/"],
    ["mm/pgtable/"],
    ["mm/page/frame/"],
    ["mm/page/"],
    ["mm/slab/"],
    ["mm/vmalloc/"],
    ["mm/stat/"],
    ["mm/exercise/"],
    ["mm/init.c"],
    ["arch/"],
    ["efi/parse/", "efi/emit/"],
    ["efi/shell/", "efi/tui/", "efi/view/"],
    ["efi/app/"],
    ["efi/cmd/"],
    ["efi/"],
]

# Declared below and defined above: include/arch.h, include/fw.h, and ASSERT's end in include/kernel.h.
SEAM = re.compile(r"(arch_|fw_)\w+|assert_failed")

# {(file, symbol): why it may call up all the same}
HOOKS = {
    ("efi/app/run.c", "app_commands"): "gives the shell the list of all commands",
    ("efi/app/run.c", "app_nr_commands"): "the same",
    ("efi/shell/help.c", "app_shell"): "help is a command, though it lies with the shell",
    ("efi/shell/help_schema.c", "app_shell"): "the same",
}

# Files below the program that cannot do without each other, and why.
NO_CIRCLES = ("mm/", "arch/")
CIRCLES = {
    "a pageblock's map is made of pages of the zone whose lists it describes":
        {"mm/page/frame/blockmap.c", "mm/page/frame/buddy.c", "mm/page/frame/fallback.c",
         "mm/page/frame/pageblock.c"},
    "the maps of slabs are objects of a cache":
        {"mm/slab/slab_cpu.c", "mm/slab/slab_mail.c", "mm/slab/slab_node.c", "mm/slab/slab_object.c",
         "mm/slab/slub.c"},
    "CPUs stop each other, flush each other's TLBs, and look after each other's exceptions":
        {"arch/x86/apic.c", "arch/x86/gate.c", "arch/x86/smp.c", "arch/x86/tlb.c", "arch/x86/trap.c"},
}


def symbols(build, world):
    """({symbol: file that defines it}, {file: symbols that it takes from others}). Assembly belongs
    to the C file of its name."""
    root = os.path.join(build, world)
    objects = [path for top in ("mm", "arch", "efi")
               for path in glob.glob(f"{root}/{top}/**/*.o", recursive=True)
               if os.path.exists(os.path.join(ROOT, os.path.relpath(path, root)[:-len(".o")]))]
    if not objects:
        sys.exit(f"{root}: nothing is built there")
    done = subprocess.run(["nm", "-A", *sorted(objects)], capture_output=True, text=True, check=True)
    defined, taken = {}, collections.defaultdict(set)
    for line in done.stdout.splitlines():
        path, fields = line.split(":", 1)
        kind, symbol = fields.split()[-2:]
        name = re.sub(r"\.[cS]\.o$", ".c", os.path.relpath(path, root))
        if kind == "U":
            taken[name].add(symbol)
        elif kind.isupper():
            defined[symbol] = name
    return defined, taken


def room_of(name):
    """(its floor, the room)"""
    return max(((floor, room) for floor, rooms in enumerate(FLOORS) for room in rooms
                if name.startswith(room)), key=lambda found: len(found[1]))


def climbs(calls):
    """{(file, symbol that is above it): what is wrong with that}"""
    found = {}
    for (caller, owner), names in calls.items():
        (floor, room), (above, other) = room_of(caller), room_of(owner)
        for symbol in names if above > floor else ():
            found[caller, symbol] = f"{caller}: {symbol}() is in {owner}: {other} is above {room}"
    return found


def circles(calls):
    """Tarjan's strongly connected components with more than one file."""
    below, number, low, stack, found = collections.defaultdict(set), {}, {}, [], []
    for caller, owner in calls:
        below[caller].add(owner)

    def visit(name):
        number[name] = low[name] = len(number)
        stack.append(name)
        for other in below[name]:
            if other not in number:
                visit(other)
            if other in stack:
                low[name] = min(low[name], low[other])
        if low[name] == number[name]:
            part = set()
            while name not in part:
                part.add(stack.pop())
            found.append(part)

    for name in sorted(below):
        if name not in number:
            visit(name)
    return [part for part in found if len(part) > 1]


def main():
    calls = collections.defaultdict(set)
    for world in ("efi", "host"):
        defined, taken = symbols(sys.argv[1], world)
        for caller, names in taken.items():
            for symbol in names & defined.keys():
                if not SEAM.fullmatch(symbol):
                    calls[caller, defined[symbol]].add(symbol)
    climbing, parts = climbs(calls), circles(calls)
    below = [part for part in parts if any(name.startswith(NO_CIRCLES) for name in part)]
    wrong = [why for call, why in climbing.items() if call not in HOOKS]
    wrong += [f"{caller} does not call {symbol}() up: strike it off the HOOKS of calls.py"
              for caller, symbol in HOOKS if (caller, symbol) not in climbing]
    wrong += [f"these call each other in a circle: {' '.join(sorted(part))}"
              for part in below if not any(part <= known for known in CIRCLES.values())]
    wrong += [f"no circle any more, strike it off calls.py: {why}"
              for why, known in CIRCLES.items() if not any(part <= known for part in below)]
    print("\n".join(sorted(wrong)) or
          f"{len(calls)} calls between files; circles of {sorted(map(len, parts), reverse=True)}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

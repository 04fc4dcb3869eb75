# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Instructions on the emulated machine: `bench page`, `slab` and `vmalloc` in QEMU, where a tick is an instruction.

The machine has the reference's configuration D: 4 levels, no ERMS, one CPU. Large machines are sparse:
memory that is never written takes no memory of the host.
"""
import json
import os
import sys

from rows import row

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "qemu"))
from machine import Machine  # noqa: E402

CPU = "max,-la57,-erms"
TIMEOUT = 1200
START = "start until the first page"
# RAM, address bits, claimed memory; then Linux 6.1 and the goal.
SIZES = [("4G", "", "3600M", 103e6, 3e6), ("64G", ",phys-bits=40", "63G", 1.3e9, 4e6),
         ("512G", ",phys-bits=41", "511G", 10.3e9, 8e6), ("1T", ",phys-bits=42", "2000G", 20.7e9, 12e6)]


def boot(image, mem, bits, claim, what):
    """The rows that these benches print on such a machine: a list for each bench."""
    with Machine(image, mem=mem, cpu=CPU + bits, icount=True, options=f"claim={claim}") as m:
        m.start_script("; ".join(f"bench {name} --json" for name in what) + "; poweroff")
        status = m.run(TIMEOUT)
        text = m.output.decode(errors="replace")
        if status:
            raise RuntimeError(f"{mem}: status {status}: {m.why()} {text[-300:]}")
    found = []
    for _ in what:
        text = text[text.index("{"):]
        table, end = json.JSONDecoder().raw_decode(text)
        found.append(table["rows"])
        text = text[end:]
    return found


def usual(rows):
    for r in rows:
        yield row(r["name"], "instructions", r["hundredths"] / 100, r["linux"] or None, r["goal"] or None)


def object_rows(build):
    """Objects, and areas of virtual addresses."""
    for rows_of_one in boot(os.path.join(build, "BOOTX64.EFI"), *SIZES[0][:3], ["slab", "vmalloc"]):
        yield from usual(rows_of_one)


def rows(build):
    image = os.path.join(build, "BOOTX64.EFI")
    for mem, bits, claim, reference, goal in SIZES:
        for r in boot(image, mem, bits, claim, ["page"])[0]:
            ours = r["hundredths"] / 100
            if r["name"] == START:
                yield row(f"{START}, {mem}", "instructions", ours, reference, goal)
            elif r["name"] == "page tables at start":
                yield row(f"page tables beside that, {mem}", "instructions", ours)
            elif mem == "4G":
                yield from usual([r])

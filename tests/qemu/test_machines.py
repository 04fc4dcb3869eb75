# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Whole machines: one boot each, several checks a boot.

While the program holds still on its own page tables, QEMU's monitor says what the CPU would translate
(`info tlb`); that must be, line by line, what `pt dump own --format tlb` printed.
"""
import json
import os
import subprocess
import time

from machine import Machine
from machines import MACHINES, TIMEOUT

HOLD = 4
SCRIPT = ("zones --json; memmap --json; pt stats --json; exercise --json; pt dump own --format tlb; "
          f"walk 0x100000; hold {HOLD}; zones --json; quit")
WRONG = ("nosuchcommand; walk zzz; walk 0x800000000000000; hexdump 0xfffffffffffff000; pt dump 5-4; "
         "zones; quit")


class Boot:
    """Runs a script and takes QEMU's view at the moment when the program says that it holds."""

    def __init__(self, row, image, script):
        keys = ("mem", "cpu", "smp", "numa", "machine", "options")
        self.machine = Machine(image, **{key: row[key] for key in keys if key in row})
        self.script, self.output, self.tlb, self.registers = script, "", "", ""
        self.status = None

    def run(self):
        with self.machine as m:
            path = os.path.join(m.dir, "output")
            m.start(m.script_command(self.script, f"file,path={path}"), stdin=subprocess.DEVNULL)
            end = time.monotonic() + TIMEOUT
            while m.process.poll() is None and time.monotonic() < end:
                time.sleep(0.2)
                if not self.tlb and "holding for" in self._read(path):
                    time.sleep(0.3)  # it says so just before it crosses back
                    self.tlb = m.monitor("info tlb")
                    self.registers = m.monitor("info registers")
            self.status = m.wait(0.1)
            self.output = self._read(path)
            self.serial = m.serial_tail()
        return self

    @staticmethod
    def _read(path):
        try:
            with open(path, errors="replace") as f:
                return f.read()
        except OSError:
            return ""


def json_values(output):
    """The JSON values in an output that has other text too."""
    decoder, at, values = json.JSONDecoder(), 0, []
    while at < len(output):
        line_end = output.find("\n", at)
        if output[at] in "[{":
            try:
                value, at = decoder.raw_decode(output, at)
                values.append(value)
                continue
            except ValueError:
                pass
        at = line_end + 1 if line_end >= 0 else len(output)
    return values


def translations(text):
    """VA, PA and flags of each line, without accessed and dirty, which the CPU may set meanwhile."""
    found = []
    for line in text.splitlines():
        fields = line.replace(":", " ").split()
        if len(fields) == 3 and len(fields[0]) == 16 and len(fields[1]) == 16 and len(fields[2]) == 9:
            flags = fields[2]
            found.append((fields[0], fields[1], flags[:3] + flags[5:]))
    return found


def check_machine(row, image):
    """Yields (what, error text or None) for one machine."""
    boot = Boot(row, image, SCRIPT).run()
    values = json_values(boot.output)
    yield "ends with status 0", None if boot.status == 0 else f"status {boot.status}: {boot.serial}"
    if len(values) < 5:
        yield "views are JSON", f"{len(values)} values in the output: {boot.output[-800:]}"
        return
    exercise = values[3]
    yield "exercise passes", None if exercise["result"] == "passed" else str(exercise)
    yield "zones add up", zones_wrong(values[0], values[1])
    own = next((t for t in values[2] if t["tables_of"] == "own"), {})
    yield f"{row['levels']} levels", None if own.get("levels") == row["levels"] else str(own)[:200]
    yield "no page is writable and executable", wx_wrong(row, own)
    yield "the CPU has our root", None if root_in_registers(own, boot.registers) else boot.registers[-900:]
    yield "`pt dump` agrees with QEMU's `info tlb`", tlb_wrong(boot)
    taken = exercise["memmap_pages"] + exercise["table_pages"]
    lost = free_of(values[0]) - free_of(values[4]) - taken
    # Empty slabs that caches keep are free memory to the exercise, which shrinks them first.
    yield "no page is lost", None if -64 <= lost <= 0 else f"{lost} pages"


def free_of(zones):
    return sum(zone["free"] for zone in zones)


def wx_wrong(row, own):
    if "-nx" in row["cpu"]:
        return None  # without NX everything readable is executable
    return None if own.get("writable_executable") == 0 else f"{own.get('writable_executable')} pages"


def zones_wrong(zones, memmap):
    """Present pages are the RAM of the firmware's map less page 0 and what lies from 640K to 1M."""
    ram = {"LoaderCode", "LoaderData", "BS_Code", "BS_Data", "Available"}
    pages = 0
    for desc in memmap:
        start, end = int(desc["start"], 16) >> 12, (int(desc["end"], 16) + 1) >> 12
        if desc["type"] in ram:
            pages += end - max(start, 1)
    present = sum(zone["present"] for zone in zones)
    for zone in zones:
        if not zone["free"] <= zone["managed"] <= zone["present"] <= zone["spanned"]:
            return f"zone out of order: {zone}"
    return None if present == pages else f"{present} pages present, {pages} in the map"


def root_in_registers(own, registers):
    return f"CR3={int(own.get('root', '0'), 16):016x}" in registers


def tlb_wrong(boot):
    ours, theirs = translations(boot.output), translations(boot.tlb)
    if not theirs:
        return "the monitor said nothing"
    if ours == theirs:
        return None
    only_ours, only_theirs = sorted(set(ours) - set(theirs)), sorted(set(theirs) - set(ours))
    return (f"{len(ours)} and {len(theirs)} lines; only ours {only_ours[:3]}; "
            f"only QEMU's {only_theirs[:3]}")


def check_wrong_input(image):
    """Bad commands are named, fail, and the rest goes on."""
    boot = Boot({"mem": "256M", "cpu": "max", "options": "nonsense=1 levels=7"}, image, WRONG).run()
    yield "a failed command gives status 1", None if boot.status == 1 else f"status {boot.status}"
    for text in ("nosuchcommand", "not an address", "not canonical", "beyond 52 bits", "Normal",
                 "unknown option 'nonsense'", "levels=7"):
        yield f"says `{text}`", None if text in boot.output else boot.output[-600:]


def run(image, log_dir):
    """Yields (name, error or None) for all machines."""
    os.makedirs(log_dir, exist_ok=True)
    for row in MACHINES:
        for what, error in check_machine(row, image):
            if error:
                with open(os.path.join(log_dir, row["name"] + ".log"), "a") as f:
                    f.write(f"{what}: {error}\n")
            yield f"{row['name']}: {what}", error
    for what, error in check_wrong_input(image):
        yield f"wrong input: {what}", error

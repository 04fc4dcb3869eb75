# SPDX-License-Identifier: BSD-2-Clause-Patent
"""One boot of a machine of the table: a script runs, and when it holds still on some page tables, QEMU's monitor
says what the CPU would translate.
"""
import re
import time

from machine import Machine

HOLD = 4  # seconds that scripts hold
HOLDING = re.compile(rb"holding for .*CR3 is (0x[0-9a-f]+),")  # with the comma: output comes in pieces
KEYS = ("mem", "cpu", "smp", "numa", "machine", "options", "firmware", "extra")
TIMEOUT = 600


class Boot:
    """`tlbs`: what `info tlb` said at each hold of the script. `registers`: what they were at the last one."""

    def __init__(self, row, image, script):
        self.machine = Machine(image, **{key: row[key] for key in KEYS if key in row})
        self.script, self.output, self.tlbs, self.registers = script, "", [], ""
        self.status, self.why = None, ""

    def run(self):
        end = time.monotonic() + TIMEOUT
        with self.machine as m:
            m.start_script(self.script)
            for number in range(self.script.count("hold ")):
                self.status = m.run(end - time.monotonic(), until=lambda out, n=number: len(HOLDING.findall(out)) > n)
                if self.status is not None:
                    break
                self.tlbs.append(self._look(HOLDING.findall(m.output)[number]))
            if self.status is None:
                self.status = m.run(end - time.monotonic())
            self.output = m.output.decode(errors="replace")
            if self.status != 0:
                self.why = f"status {self.status}: {m.why()}\n{self.output[-1500:]}"
        return self

    def _look(self, said):
        """`info tlb` while CR3 is what the program said; it crosses once more after saying so. The machine stands
        still meanwhile, so that it is not elsewhere when the answer is made."""
        root, end, tlb = f"CR3={int(said, 16):016x}", time.monotonic() + HOLD, ""
        while time.monotonic() < end and self.machine.process.poll() is None:
            self.machine.monitor("stop")
            self.registers = self.machine.monitor("info registers")
            if root in self.registers:
                tlb = self.machine.monitor("info tlb")
            self.machine.monitor("cont")
            if tlb:
                break
            self.machine.read(0.05)
        return tlb


def translations(text):
    """VA, PA and flags of each line of `info tlb`, without accessed and dirty, which the CPU may set meanwhile."""
    lines = re.findall(r"^([0-9a-f]{16}): ([0-9a-f]{16}) (\S{9})\s*$", text, re.M)
    return [(va, pa, flags[:3] + flags[5:]) for va, pa, flags in lines]


def compare(ours, theirs):
    """None when what we printed translates as the monitor's answer does, else the differences."""
    ours, theirs = translations(ours), translations(theirs)
    if not theirs:
        return "the monitor said nothing, or CR3 was another"
    if ours == theirs:
        return None
    only_ours, only_theirs = sorted(set(ours) - set(theirs)), sorted(set(theirs) - set(ours))
    return f"{len(ours)} and {len(theirs)} lines; only ours {only_ours[:3]}; only QEMU's {only_theirs[:3]}"

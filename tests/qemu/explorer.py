# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The explorer on whole machines, compared with QEMU's monitor and with the CPU.

In one boot: the firmware's tables and `info tlb` while the CPU uses them; the same for a clone after
thousands of random steps; the access model and the CPU.
"""
import re
import time

from machine import Machine

HOLD = 4
HOLDING = re.compile(rb"holding for .*CR3 is (0x[0-9a-f]+)")
SCRIPT = (f"pt dump fw --format tlb; hold {HOLD} fw; clone own; exercise edits steps=10000 --json; "
          f"pt dump clone --format tlb; hold {HOLD} clone; access --sweep; stale; clone fw; "
          "map 7f0000000000 100000 2M rwu; probe 7f0000001234 w user; probe 7f0000001234 x; pt diff fw clone; "
          "undo; pt diff fw clone; unmap 100000 4K; probe 100000 r; explain v:100000; translate p:100000; "
          "walk fw 100000; memtype; images; pt stats; quit")


def flat(text):
    """VA, PA and flags of each line of `info tlb`, without accessed and dirty, as the CPU sets these."""
    lines = re.findall(r"^([0-9a-f]{16}): ([0-9a-f]{16}) (\S{9})\s*$", text, re.M)
    return [(va, pa, flags[:3] + flags[5:]) for va, pa, flags in lines]


class Boot:
    """Runs the script; at each hold, reads the CPU's translations."""

    def __init__(self, row, image, script):
        keys = ("mem", "cpu", "smp", "machine", "options", "firmware", "extra")
        self.machine = Machine(image, **{key: row[key] for key in keys if key in row})
        self.script, self.tlbs, self.output, self.status, self.why = script, [], "", None, ""

    def run(self, timeout):
        with self.machine as m:
            m.start_script(self.script)
            end = time.monotonic() + timeout
            for _ in range(self.script.count("hold ")):
                self._wait_and_look(end)
            self.status = m.run(max(1, end - time.monotonic()))
            self.output = m.output.decode(errors="replace")
            self.why = "" if self.status == 0 else f"status {self.status}: {m.why()}\n{self.output[-1500:]}"
        return self

    def _wait_and_look(self, end):
        m, seen = self.machine, len(self.tlbs)
        while len(HOLDING.findall(m.output)) <= seen and time.monotonic() < end and m.process.poll() is None:
            m.read(0.05)
        said = HOLDING.findall(m.output)
        if len(said) <= seen:
            return
        root, until, tlb = f"CR3={int(said[seen], 16):016x}", time.monotonic() + HOLD, ""
        while time.monotonic() < until and m.process.poll() is None and not tlb:
            if root in m.monitor("info registers"):
                tlb = m.monitor("info tlb")
                tlb = tlb if root in m.monitor("info registers") else ""
        self.tlbs.append(tlb)


def section(output, first, last):
    """The first text between these two marks."""
    start = output.find(first)
    end = output.find(last, start + 1)
    return output[start:end] if start >= 0 and end > start else ""


def compare(ours, theirs):
    if not theirs:
        return "the monitor said nothing, or CR3 was another"
    if ours == theirs:
        return None
    only_ours, only_theirs = sorted(set(ours) - set(theirs)), sorted(set(theirs) - set(ours))
    return f"{len(ours)} and {len(theirs)} lines; only ours {only_ours[:3]}; only QEMU's {only_theirs[:3]}"


def check_explorer(row, image):
    boot = Boot(row, image, SCRIPT).run(row.get("timeout", 480))
    out = boot.output
    yield "ends with status 0", None if boot.status == 0 else boot.why
    if len(boot.tlbs) != 2:
        yield "holds twice", out[-1500:]
        return
    fw, clone = out.split("holding for")[0], section(out, '"disagreements"', "4 levels\n" if
                                                     row["levels"] == 4 else "5 levels\n")
    yield "the firmware's tables are as `info tlb` says", compare(flat(fw), flat(boot.tlbs[0]))
    yield "a clone after random edits is as `info tlb` says", compare(flat(clone), flat(boot.tlbs[1]))
    edits = re.search(r'"nr_steps": (\d+).*"cpu_accesses": (\d+).*"disagreements": (\d+)', out)
    yield "10,000 random edits, each access as foreseen", None if edits and int(edits[1]) == 10000 and \
        int(edits[2]) > 8000 and edits[3] == "0" else str(edits and edits[0])
    sweep = re.search(r"^(\d+) combinations .*, (\d+) disagreements$", out, re.M)
    yield "access --sweep: 0 disagreements", None if sweep and int(sweep[1]) > row["sweep"] and \
        sweep[2] == "0" else str(sweep and sweep[0])
    for what, text in CHECKS:
        yield what, None if re.search(text, out, re.M) else f"no {text!r} in the output"


CHECKS = [
    ("stale translations are shown", r"no INVLPG +reads 0xcc$"),
    ("a user's write goes through", r"user write of 00007f0000001234: allowed"),
    ("the CPU agrees with every probe", r"CPU:   goes through; as the model says"),
    ("a difference to where it started", r"only clone|only in clone|only b"),
    ("undo takes it back", r"fw and clone translate alike"),
    ("what is unmapped faults", r"#PF error 0; PTE bit 0"),
    ("a physical address to its mappings", r"^0000000000100000 <- ff1?.*own"),
    ("explain names the firmware's descriptor", r"^EFI +Conventional"),
    ("memory types by MTRR", r"variable 0"),
    ("images by name", r"DxeCore +0000"),
]
